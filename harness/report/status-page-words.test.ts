import { expect, test } from 'vitest'
import { statusPageWords } from './status-page-words.ts'
import type { SummaryStatusPage } from './summary-types.ts'

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
  expect(statusPageWords({ ...lied, ...page })).toBe(words)
})
