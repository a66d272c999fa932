import { expect, it } from 'vitest'

import { bitString, integer, octetString, oid, time } from './der.ts'

const hex = (bytes: Buffer): string => bytes.toString('hex')

// The first three are the examples of X.690 and of RFC 3279; the others follow from the rule beside them.
it.each([
  ['an object identifier', oid('2.999.3'), '0603883703'],
  ['one of RSA', oid('1.2.840.113549'), '06062a864886f70d'],
  [
    'a bit string with unused bits',
    bitString(Buffer.from('0a3b5f291cd0', 'hex'), 4),
    '0307040a3b5f291cd0',
  ],
  ['zero', integer(Buffer.from([0, 0])), '020100'],
  ['a number without zeros at its start', integer(Buffer.from([0, 0x7f])), '02017f'],
  ['a number that would look negative', integer(Buffer.from([0x80])), '02020080'],
  [
    'a time of this half of the century',
    time(new Date('2049-12-31T23:59:59.9Z')),
    `170d${Buffer.from('491231235959Z').toString('hex')}`,
  ],
  [
    'a time of the other half',
    time(new Date('2050-01-01T00:00:00Z')),
    `180f${Buffer.from('20500101000000Z').toString('hex')}`,
  ],
])('%s', (_, bytes, expected) => {
  expect(hex(bytes)).toBe(expected)
})

it.each([
  [127, '047f'],
  [128, '048180'],
  [256, '04820100'],
  [65_536, '0483010000'],
])('a length of %d', (length, start) => {
  expect(hex(octetString(Buffer.alloc(length))).startsWith(start)).toBe(true)
  expect(octetString(Buffer.alloc(length)).length).toBe(length + start.length / 2)
})
