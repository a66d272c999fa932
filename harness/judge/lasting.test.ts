import { expect, it } from 'vitest'

import { formatReason, reasonsOf, type Expectation } from '../core/index.ts'
import { judgeRun } from './run-judge.ts'
import { historyOf, web, type Finding } from './test-history.ts'

const untilOff: Expectation = {
  kind: 'reproduces',
  broken: [{ flows: [web.flow], actors: [web.actor], symptom: '503', until: 'off' }],
}
const broken: Finding = { is: 'broken', symptoms: { '503': 3 } }
const steps = ['plan', 'undo-plan', 'wait', 'off'] as const

/** The verdict on a run in which the cell was found so under each step. */
function judged(...findings: readonly Finding[]): string[] {
  const verdict = judgeRun(
    historyOf({
      expect: untilOff,
      changes: steps,
      windows: findings.map((finding, i) => ({ change: steps[i] as string, web: finding })),
    }),
  )
  return reasonsOf(verdict).map(formatReason)
}

it('a cell that held and then broke in the same window, which stayed open, lasted', () => {
  const [plan, off] = ['plan', 'off']
  const verdict = judgeRun(
    historyOf({
      expect: untilOff,
      changes: [plan, off],
      windows: [
        { change: plan, web: ['holds', broken] },
        { change: off, web: 'holds' },
      ],
    }),
  )
  expect(reasonsOf(verdict).map(formatReason)).toEqual([])
})

it('a cell that breaks only by what was done long after the undo did not last', () => {
  const later = ['plan', 'undo-plan', 'let-few-in', 'wait', 'off']
  const verdict = judgeRun(
    historyOf({
      expect: untilOff,
      changes: later,
      windows: (['holds', 'holds', broken, broken, 'holds'] as const).map((finding, i) => ({
        change: later[i] as string,
        web: finding,
      })),
    }),
  )
  expect(reasonsOf(verdict).map(formatReason)).toEqual([
    expect.stringMatching(/held until 'let-few-in', after 'undo-plan': nothing lasted/),
  ])
})

it.each<[string, readonly Finding[], readonly RegExp[]]>([
  ['stays broken until the step that ends it', [broken, broken, broken, 'holds'], []],
  [
    'shows what a step declares meanwhile',
    [broken, broken, { is: 'effect', declared: '503' }, 'holds'],
    [],
  ],
  [
    'comes back by the undo alone',
    [broken, 'holds', 'holds', 'holds'],
    [/stay broken until 'off', and held under 'undo-plan'/],
  ],
  ['never breaks', ['holds', 'holds', 'holds', 'holds'], [/was expected to break/]],
  [
    'breaks by nothing but the last step before the end',
    ['holds', 'holds', broken, 'holds'],
    [/stay broken until 'off', and held until 'wait', the last step before it: nothing lasted/],
  ],
  ['breaks only after the undo', ['holds', broken, broken, 'holds'], []],
  [
    'is broken under the step that ends it',
    [broken, broken, broken, broken],
    [/broke under 'off'/],
  ],
  ['is not known of meanwhile', [broken, 'undecided', broken, 'holds'], [/did not suffice/]],
])('a cell that is to last, and %s', (_, findings, reasons) => {
  const found = judged(...findings)
  expect(found).toHaveLength(reasons.length)
  for (const [i, reason] of reasons.entries()) expect(found[i]).toMatch(reason)
})
