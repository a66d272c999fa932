import type { Suite } from './junit-suites.ts'
import type { TestResult } from './junit-results.ts'

/** What came of holding a run against its baseline, for the reports of the run. */
export interface Against {
  readonly outcome: 'no-regression' | 'slower' | 'regression' | 'inconclusive'
  readonly title: string
  readonly lead: readonly string[]
  /** What got worse, a line each. */
  readonly worse: readonly string[]
}

/** A suite of one testcase, which fails where the comparison fails the run. */
export function againstSuite(scenario: string, against: Against): Suite {
  const name = 'nothing got worse than in the baseline'
  const result = resultOf(against)
  const testcase = { classname: `${scenario}.baseline`, name, timeMs: 0, result }
  return { name: `${scenario}: baseline`, startedMs: 0, timeMs: 0, testcases: [testcase] }
}

function resultOf({ outcome, title, lead, worse }: Against): TestResult {
  if (outcome === 'no-regression' || outcome === 'slower')
    return { kind: 'passed', text: [title, ...lead].join('\n') }
  const kind = outcome === 'regression' ? 'failure' : 'error'
  return { kind, type: outcome, message: title, body: [...lead, ...worse].join('\n') }
}
