import { expect, test, type TestContext } from 'vitest'
import { suitesOf } from '../report/junit-suites.ts'
import { collectRun } from '../report/run-model.ts'
import { incident, upToChange } from '../report/test-journal.ts'
import { checkResult, demonstrationResult, settle, windowResult } from './results.ts'

const cutOff = suitesOf(collectRun(upToChange().events))
const noData = { code: 'no-data', message: 'too little was seen' } as const
const undecided = suitesOf(
  collectRun(incident({ verdict: { kind: 'inconclusive', reasons: [noData] } }).events),
)

test('a run that came to the demonstrated verdict passes', () => {
  expect(demonstrationResult(undecided, 'inconclusive')).toMatchObject({ kind: 'passed' })
})

test('a run that was cut off demonstrates nothing, inconclusive as it is', () => {
  expect(cutOff.summary.verdict).toBe('inconclusive')
  expect(demonstrationResult(cutOff, 'inconclusive')).toMatchObject({ kind: 'error' })
})

test('a window that never took place is skipped, with the reason', () => {
  const recovery = cutOff.suites.at(-2)
  expect(recovery && windowResult(recovery)).toEqual({
    kind: 'skipped',
    message: 'the window never took place: the run ended before',
  })
})

test('what the system said moves no cursor and is no order to a pipeline', () => {
  const message = 'broke\n::stop-commands::x \u001b[31m##[error]y'
  const ctx = {} as TestContext
  expect(() => settle(ctx, { kind: 'failure', type: 'x', message, body: '' })).toThrow(
    'broke\n\\u003a:stop-commands::x \\x1b[31m##\\u005berror]y',
  )
})

test('a check that reports do not have is a defect and throws', () => {
  expect(() => checkResult(cutOff, 'no such check')).toThrow("no check 'no such check'")
})

test('reports have the check of the undo', () => {
  expect(checkResult(undecided, 'changes could be undone')).toMatchObject({ kind: 'passed' })
})
