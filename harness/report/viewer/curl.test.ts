import { expect, test } from 'vitest'
import { Redactor, type Exchange } from '../../core/index.ts'
import { excerptOf } from '../../load/index.ts'
import { curlOf, hidesInBody, variablesOf } from './curl.ts'

const asked: Exchange = {
  method: 'POST',
  url: 'http://127.0.0.1:3/api/media',
  requestHeaders: { 'content-type': 'image/png', 'x-app-key': '[redacted]' },
  durationMs: 4,
}
const keep = (body: string | Uint8Array, type: string) => excerptOf(new Redactor(), body, type)

test('a body that the journal holds is sent as it is', () => {
  const requestBody = keep(`{"text":"it's $(fine)"}`, 'application/json')
  expect(curlOf({ ...asked, requestBody })).toMatch(
    / --data-raw '\{"text":"it'\\''s \$\(fine\)"\}'$/,
  )
})

test.each([
  ['binary', keep(new Uint8Array(146), 'image/png'), 'its size only, 146 bytes of image/png'],
  ['binary without a type', keep(new Uint8Array(146), ''), 'its size only, 146 bytes'],
  ['long', keep('a'.repeat(99_999), 'text/plain'), 'only its beginning, of 99999 bytes'],
  ['with a secret', keep('{"password":"open sesame"}', 'application/json'), 'a secret in it'],
])('a body that is %s is left away, and a comment says so', (_, requestBody, why) => {
  const [comment, ...command] = curlOf({ ...asked, requestBody }).split('\n')
  expect(comment).toMatch(/^# the body is not part of this command: .*; add --data-binary @FILE$/)
  expect(comment).toContain(why)
  expect(command.join('\n')).toMatch(/^curl -isS -X POST http/)
  expect(command.join('\n')).not.toContain('--data')
})

test('for a secret stands a variable without which the command does not run', () => {
  expect(variablesOf(asked)).toEqual([['x-app-key', 'X_APP_KEY']])
  expect(curlOf(asked)).toContain(`-H 'x-app-key: '"\${X_APP_KEY:?}"`)
  const requestBody = keep('{"password":"open sesame"}', 'application/json')
  expect(hidesInBody({ ...asked, requestBody })).toBe(true)
  expect(hidesInBody(asked)).toBe(false)
})
