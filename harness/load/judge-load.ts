import {
  combine,
  flowFault,
  inconclusive,
  judgeThresholds,
  type Reason,
  type Verdict,
} from '../core/index.ts'
import type { LoadResult } from './embedded.ts'
import type { MetricName } from './metric-names.ts'
import type { ThresholdResult } from './thresholds.ts'

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
  metrics,
}: Pick<LoadResult, 'thresholds' | 'selfCheck'> & {
  readonly metrics: { cells(): readonly Flows[] }
}): Verdict {
  if (!selfCheck.ok) {
    return inconclusive(
      ...selfCheck.problems.map((message): Reason => ({ code: 'generator-limited', message })),
    )
  }
  const cells = metrics.cells()
  const flows = sum(cells, ({ count }) => count)
  const failed = sum(cells, (cell) => cell.failed)
  const faults = sum(cells, ({ symptoms }) => symptoms[flowFault] ?? 0)
  if (flows === 0) return inconclusive({ code: 'no-data', message: 'no flow was completed' })
  const verdict = judgeThresholds(thresholds)
  if (verdict.kind === 'fail' && faults > 0 && faults * 2 >= failed) {
    const message = `${faults} of ${flows} flows threw an error that is no FlowFailure (${failed} failed in all): correct the flow, or let it say what it missed`
    return inconclusive({ code: 'checker-crashed', message })
  }
  if (failed === 0 || speakOf(thresholds, ['checks', 'http_req_failed'])) return verdict
  const message = `${failed} of ${flows} flows failed, and no threshold says how many may: add one, checks: ['rate>0.99'] for instance`
  return combine([verdict, inconclusive({ code: 'threshold', message })])
}

/** Whether any of these thresholds is about one of the metrics. */
export function speakOf(
  thresholds: readonly Pick<ThresholdResult, 'text'>[],
  metrics: readonly MetricName[],
): boolean {
  return thresholds.some(({ text }) => metrics.some((name) => new RegExp(`^${name}\\b`).test(text)))
}

function sum<T>(list: readonly T[], figure: (one: T) => number): number {
  return list.reduce((total, one) => total + figure(one), 0)
}
