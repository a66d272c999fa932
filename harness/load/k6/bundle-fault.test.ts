import { resolve } from 'node:path'
import { expect, it } from 'vitest'

import { bundleFault } from './bundle-fault.ts'

/** As rolldown tells of one: in colour, with the code around it. */
const error = (line: number) => ({
  message: `\u001b[31m[PARSE_ERROR] \u001b[0mUnexpected token\n   \u001b[38;5;246m╭\u001b[0m flows.ts:${line}:8\n`,
  id: resolve('flows.ts'),
  loc: { line, column: 7 },
})

it('tells a few errors of the bundler, a line each, without colours and code', () => {
  const { message } = bundleFault({ errors: [1, 1, 2, 3, 4, 5, 6, 7].map(error) }, 'own.ts')
  expect(message.split('\n').slice(1)).toEqual([
    '  flows.ts:1:8: Unexpected token',
    '  flows.ts:2:8: Unexpected token',
    '  flows.ts:3:8: Unexpected token',
    '  flows.ts:4:8: Unexpected token',
    '  flows.ts:5:8: Unexpected token',
    '  and 2 more',
  ])
})

it('tells an error that is none of the bundler', () => {
  expect(bundleFault(new Error('no room'), 'own.ts').message).toMatch(/:\n  no room$/)
})
