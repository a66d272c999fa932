import { expect, it } from 'vitest'

import { HarnessError, describeError } from './errors.ts'

it.each<[string, unknown, string]>([
  ['a message', new Error('no answer'), 'no answer'],
  ['causes, inside out', new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a (b (c))'],
  ['a cause that is said already', new Error('it: b', { cause: new Error('b') }), 'it: b'],
  ['something that is no error', 42, '42'],
  [
    'all errors of an aggregate',
    new AggregateError([new Error('one'), new Error('two')], 'both failed'),
    'both failed; one; two',
  ],
  [
    'an aggregate without a message',
    new AggregateError([new Error('ECONNREFUSED')]),
    'ECONNREFUSED',
  ],
])('describes %s in one line', (_name, error, text) => {
  expect(describeError(error)).toBe(text)
})

it('carries code, hint and cause', () => {
  const cause = new Error('why')
  const error = new HarnessError('START_FAILED', 'what', { cause, hint: 'do this' })
  expect(error).toMatchObject({ code: 'START_FAILED', message: 'what', hint: 'do this', cause })
})
