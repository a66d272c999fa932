import {
  combine,
  flowFault,
  inconclusive,
  judgeThresholds,
  type Reason,
  type Verdict,
} from '../core/index.ts'
import type { LoadResult } from './embedded.ts'

/** What flows of a load came to. */
interface Flows {
  readonly count: number
  readonly failed: number
  readonly symptoms: Readonly<Record<string, number>>
}

/**
 * The verdict on a load: fail for thresholds that do not hold, inconclusive for those without data, and when the load itself was the
 * limit: what is measured then says more about this machine than about the system, so that nothing is blamed on the system. So it is
 * when most of what failed threw an error of its own. Failures that no threshold speaks of are never passed over.
 */
export function judgeLoad({
  thresholds,
  selfCheck,
  cells,
}: Pick<LoadResult, 'thresholds' | 'selfCheck'> & { readonly cells: readonly Flows[] }): Verdict {
  if (!selfCheck.ok) {
    return inconclusive(
      ...selfCheck.problems.map((message): Reason => ({ code: 'generator-limited', message })),
    )
  }
  const flows = sum(cells, ({ count }) => count)
  const failed = sum(cells, (cell) => cell.failed)
  const faults = sum(cells, ({ symptoms }) => symptoms[flowFault] ?? 0)
  if (flows === 0) return inconclusive({ code: 'no-data', message: 'no flow was completed' })
  const verdict = judgeThresholds(thresholds)
  if (verdict.kind === 'fail' && faults > 0 && faults * 2 >= failed) {
    const message = `${faults} of ${flows} flows threw an error that is no FlowFailure (${failed} failed in all): correct the flow, or let it say what it missed`
    return inconclusive({ code: 'checker-crashed', message })
  }
  if (failed === 0 || thresholds.some(({ text }) => speaksOfFailures.test(text))) return verdict
  const message = `${failed} of ${flows} flows failed, and no threshold says how many may: add one, checks: ['rate>0.99'] for instance`
  return combine([verdict, inconclusive({ code: 'threshold', message })])
}

const speaksOfFailures = /^(checks|http_req_failed)\b/

function sum<T>(list: readonly T[], figure: (one: T) => number): number {
  return list.reduce((total, one) => total + figure(one), 0)
}
