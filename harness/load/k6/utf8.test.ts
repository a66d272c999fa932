import fc from 'fast-check'
import { expect, it } from 'vitest'

import { utf8Bytes, utf8Text } from './script/utf8.ts'

it('writes every text as TextEncoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(Buffer.compare(utf8Bytes(text), new TextEncoder().encode(text))).toBe(0)
    }),
  )
})

it('reads every text back as TextDecoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = new TextEncoder().encode(text)
      expect(utf8Text(bytes)).toBe(new TextDecoder().decode(bytes))
    }),
  )
})

it.each([
  ['a byte that begins nothing', [0x61, 0x80, 0x62], 'a\ufffdb'],
  ['a character that is cut off', [0x61, 0xe2, 0x82], 'a\ufffd'],
  ['more bytes than needed', [0xc0, 0xaf], '\ufffd\ufffd'],
  ['half of a pair', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], 'a'],
])('does not stumble over %s', (_what, bytes, text) => {
  expect(utf8Text(Uint8Array.from(bytes))).toBe(text)
})
