import type { ComparedWithBaseline } from '../core/index.ts'
import type { Suite } from './junit-suites.ts'
import type { TestResult } from './junit-results.ts'

/** A suite of one testcase, which fails where the comparison fails the run. */
export function againstSuite(scenario: string, against: ComparedWithBaseline): Suite {
  const name = 'nothing got worse than in the baseline'
  const result = resultOf(against)
  const testcase = { classname: `${scenario}.baseline`, name, timeMs: 0, result }
  return { name: `${scenario}: baseline`, startedMs: 0, timeMs: 0, testcases: [testcase] }
}

function resultOf({ outcome, title, lead, worse }: ComparedWithBaseline): TestResult {
  if (outcome === 'no-regression' || outcome === 'slower')
    return { kind: 'passed', text: [title, ...lead].join('\n') }
  const kind = outcome === 'regression' ? 'failure' : 'error'
  return { kind, type: outcome, message: title, body: [...lead, ...worse].join('\n') }
}
