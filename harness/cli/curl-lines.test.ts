import { expect, test } from 'vitest'
import type { SampleRecord } from '../core/index.ts'
import { curlLines } from './curl-lines.ts'

test('what the system said is one quoted line that moves no cursor: pasted into a shell it does nothing', () => {
  const symptom = "500 it's\nrm -rf ~; $(x) \u001b[31m\u202e"
  const exchange = { method: 'GET', url: 'http://127.0.0.1:1/a\n\u001bb' }
  const sample = { ok: false, flow: 'read', actor: 'web', symptom, exchange } as SampleRecord
  expect(curlLines([sample])).toEqual([
    {
      shows: String.raw`'500 it'\''s rm -rf ~; $(x) \x1b[31m\u{202e}'`,
      line: String.raw`curl -isS -K "$A/web.curl" 'http://127.0.0.1:1/a \x1bb'`,
    },
  ])
})

test('a symptom as it should be stands as it is', () => {
  const exchange = { method: 'GET', url: 'http://127.0.0.1:1/a' }
  const sample = { ok: false, flow: 'read', actor: 'web', symptom: '403/467', exchange }
  expect(curlLines([sample as SampleRecord])).toEqual([
    { shows: '403/467', line: 'curl -isS -K "$A/web.curl" http://127.0.0.1:1/a' },
  ])
})
