import type { Verdict } from '../core/index.ts'
import type { Summary } from './summary-types.ts'

type Compared = Pick<Summary, 'verdict' | 'comparison'>

/** As the exit code tells it: the verdict, or what came out against a baseline where that is worse. */
export function overall({ verdict, comparison }: Compared): Verdict['kind'] {
  if (verdict === 'fail' || comparison?.outcome === 'regression') return 'fail'
  return comparison?.outcome === 'inconclusive' ? 'inconclusive' : verdict
}

/** `PASS`, and `PASS, REGRESSION AGAINST THE BASELINE` where the verdict alone would say too much. */
export function overallWord(summary: Compared): string {
  const word = summary.verdict.toUpperCase()
  return overall(summary) === summary.verdict
    ? word
    : `${word}, ${summary.comparison?.outcome.toUpperCase()} AGAINST THE BASELINE`
}
