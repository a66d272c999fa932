import { expect, test } from 'vitest'
import { statusPageWords } from './status-page-words.ts'
import { summarize } from './summary.ts'
import type { Summary, SummaryCell, SummaryStatusPage } from './summary-types.ts'
import { incident } from './test-journal.ts'

const lied: SummaryStatusPage = {
  detectMs: null,
  admitMs: null,
  falseGreenMs: 3100,
  falseRedMs: 0,
  brokenMs: 3100,
  expectedToLie: null,
}

const cases: readonly (readonly [string, Partial<SummaryStatusPage>, string])[] = [
  [
    'it never admitted',
    {},
    'said "operational" for all 3.1 s in which cells were broken: it never admitted',
  ],
  [
    'it never admitted, as expected',
    { expectedToLie: true },
    'said "operational" for all 3.1 s in which cells were broken: it never admitted (as the scenario says)',
  ],
  [
    'it never admitted, against what the scenario says',
    { expectedToLie: false },
    'said "operational" for all 3.1 s in which cells were broken: it never admitted (NOT what the scenario says)',
  ],
  [
    'a component told, the page did not',
    { detectMs: 1200 },
    'said "operational" for all 3.1 s in which cells were broken: it never admitted, although one of its components left "operational" after 1.2 s',
  ],
  [
    'it admitted late',
    { admitMs: 1900, detectMs: 1900, falseGreenMs: 1900 },
    'said "operational" for 1.9 s of the 3.1 s in which cells were broken: it admitted the failure 1.9 s after the change',
  ],
  [
    'it admitted the first outage only',
    { admitMs: 60, falseGreenMs: 2000, laterMs: 1940 },
    'said "operational" for 2.0 s of the 3.1 s in which cells were broken: it admitted the failure 60 ms after the change, and a later outage went on for 1.9 s before it told of it, or was over',
  ],
  [
    'it was never readable',
    { falseGreenMs: 0 },
    'could not be read in the 3.1 s in which cells were broken: it never admitted',
  ],
  [
    'it cried wolf as well',
    { falseRedMs: 700 },
    'said "operational" for all 3.1 s in which cells were broken: it never admitted; it also said that something was wrong for 0.7 s in which no cell was broken',
  ],
  [
    'nothing was broken',
    { brokenMs: 0, falseGreenMs: 0 },
    'said "operational" throughout, and no cell was broken meanwhile',
  ],
  [
    'nothing was broken and it said otherwise',
    { brokenMs: 0, falseGreenMs: 0, falseRedMs: 900 },
    'said that something was wrong for 0.9 s, though no cell was broken meanwhile',
  ],
]

test.each(cases)('%s', (_name, page, words) => {
  expect(statusPageWords({ ...lied, ...page }, { cells: [], changes: [] })).toBe(words)
})

const whole = summarize(incident().events)
const quiet = { ...lied, brokenMs: 0, falseGreenMs: 0 }
const outcome = whole.cells[0]?.change
if (!outcome) throw new Error('the incident has no judged change')
const fault = { ...(whole.changes[0] as Summary['changes'][number]), kind: 'fault' as const }

function cellsWith(seen: Partial<SummaryCell>): SummaryCell[] {
  return [{ ...(whole.cells[0] as SummaryCell), ...seen }, whole.cells[1] as SummaryCell]
}

test('a page that was red, or could not be read, did not say operational throughout', () => {
  const well = { cells: cellsWith({ change: null }), changes: [] }
  expect(statusPageWords(quiet, well)).toBe(
    'said "operational" throughout, and no cell was broken meanwhile',
  )
  expect(statusPageWords({ ...quiet, unreadMs: 4_000 }, well)).toBe(
    'could not be read, or said neither, for 4.0 s, and no cell was broken meanwhile',
  )
  expect(statusPageWords({ ...quiet, redMs: 500, unreadMs: 4_000 }, well)).toMatch(
    /^said that something was wrong for 0.5 s, could not be read, or said neither, for 4.0 s, and no/,
  )
})

test('cells that failed before any change are no healthy system', () => {
  const sick = { cells: cellsWith({ baseline: { ...outcome, judgement: 'broken' } }), changes: [] }
  expect(statusPageWords(quiet, sick)).toBe(
    'said "operational" throughout, although 1 cell failed before any change',
  )
  expect(statusPageWords({ ...quiet, falseRedMs: 900 }, sick)).toBe(
    'said that something was wrong for 0.9 s: 1 cell failed before any change',
  )
})

test('a page that tells of what suffered as declared raises no false alarm', () => {
  const struck = {
    cells: cellsWith({ change: { ...outcome, judgement: 'effect' } }),
    changes: [fault],
  }
  const declared = { admitMs: 700, falseGreenMs: 700, brokenMs: 2_000 }
  expect(statusPageWords({ ...quiet, declared, falseRedMs: 600 }, struck)).toBe(
    'said "operational" for 0.7 s of the 2.0 s in which 1 cell suffered as declared: it told of that 0.7 s after it began; it also said that something was wrong for 0.6 s before or after',
  )
  expect(statusPageWords({ ...quiet, falseRedMs: 600 }, struck)).toBe(
    'said that something was wrong for 0.6 s: 1 cell suffered as declared',
  )
})
