import { expect, test } from 'vitest'
import { headline } from './headline.ts'
import { pageSentence } from './page-sentence.ts'
import { summarize } from './summary.ts'
import type { Summary, SummaryLoadCell } from './summary-types.ts'
import { holds, planChange, twitterCells, upToBaseline } from './test-journal.ts'

const quick: SummaryLoadCell = {
  flow: 'open-link',
  actor: 'visitor',
  window: 'change:1',
  judgement: 'holds',
  samples: 400,
  failures: 0,
  baselineSamples: 500,
  baselineFailures: 0,
  medianMs: 3,
  baselineMedianMs: 3,
  growth: 0,
  growthLow: -0.1,
  growthHigh: 0.1,
  smallestRatio: 0.06,
  smallestGrowth: 0.3,
  p50: 3,
  p95: 5,
  p99: 8,
  max: 12,
  judgedMs: 8_000,
  note: null,
}
const slow: SummaryLoadCell = { ...quick, judgement: 'slower', medianMs: 129, growth: 42 }

/** Of a change under which every cell went on working, while load showed what is given. */
function loaded(...cells: readonly SummaryLoadCell[]): Summary {
  const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
  for (const cell of twitterCells) journal.judge('change:1', cell, 'holds')
  const isHarmed = cells.some(({ judgement }) => judgement !== 'holds')
  const reason = { code: 'slower-under-load', message: 'was slower' } as const
  const summary = summarize(
    journal.end(isHarmed ? { kind: 'fail', reasons: [reason] } : { kind: 'pass' }).events,
  )
  const none = { failed: 0, dropped: 0, thresholds: [], generatorProblems: [] }
  return { ...summary, load: { flows: 900, durationMs: 9_000, cells, ...none } }
}

test('what became slower under load is said with how slow, and that nothing broke without', () => {
  const summary = loaded(slow, { ...slow, actor: 'web', window: 'recovery' })
  expect(pageSentence(summary)).toBe(
    'Under load with ‘enforce API plans’, open link became slower for the visitor client (a median of 129 ms instead of 3.00 ms). Without load nothing broke. Undoing it did not bring everything back: under load this was still worse than before: open link for the web client.',
  )
  expect(headline(summary)).toContain('under load 1 cell became SLOWER')
})

test('what failed under load goes before what was slower, also of the same cell', () => {
  const failed = { ...quick, judgement: 'broken', failures: 40 } as const
  const summary = loaded(failed, slow, { ...slow, actor: 'web' })
  expect(pageSentence(summary)).toContain(
    'open link failed for the visitor client (40 of 400 times)',
  )
  expect(headline(summary)).toContain(
    'under load 1 cell FAILED and under load 1 cell became SLOWER',
  )
})

test('load that harms nothing is not spoken of', () => {
  expect(pageSentence(loaded(quick))).not.toContain('load')
})
