import {
  combine,
  count as counted,
  inconclusive,
  judgeThresholds,
  type Reason,
  type Verdict,
} from '../core/index.ts'
import type { LoadResult } from './embedded.ts'
import type { MetricName, Tags } from './metric-names.ts'
import type { LoadMetrics } from './metrics.ts'
import { holds, thresholdOf, type ThresholdResult } from './thresholds.ts'

/**
 * The verdict on a load: fail for thresholds that do not hold, inconclusive for those without data, and when the load itself was the
 * limit: what is measured then says more about this machine than about the system, so that nothing is blamed on the system. So it is
 * with a threshold on checks that would hold if no flow had thrown an error of its own. Failures that no threshold speaks of are never
 * passed over.
 */
export function judgeLoad({
  thresholds,
  selfCheck,
  metrics,
}: Pick<LoadResult, 'thresholds' | 'selfCheck'> & {
  readonly metrics: Pick<LoadMetrics, 'besides' | 'seen'>
}): Verdict {
  if (!selfCheck.ok) {
    return inconclusive(
      ...selfCheck.problems.map((message): Reason => ({ code: 'generator-limited', message })),
    )
  }
  const { count: flows, failed, faults } = metrics.seen({})
  if (flows === 0) return inconclusive({ code: 'no-data', message: 'no flow was completed' })
  const ours = thresholds.filter(
    (one) => one.outcome === 'crossed' && holdsButForFaults(one, metrics),
  )
  const message = `${faults} of ${flows} flows threw an error that is no FlowFailure (${failed} failed in all): correct the flow, or let it say what it missed`
  const verdict = combine([
    judgeThresholds(thresholds.filter((one) => !ours.includes(one))),
    ...(ours.length > 0 ? [inconclusive({ code: 'checker-crashed', message })] : []),
  ])
  const spoken = spokenOf(thresholds, 'checks')
  const unsaid = metrics.besides('failed', spoken)
  if (unsaid === 0) return verdict
  const which = unsaid < failed ? ` that ${unsaid === 1 ? 'is' : 'are'} in no threshold` : ''
  const missing = `${counted(unsaid, 'flow')}${which} failed, of ${flows}, and no threshold on checks says how many${spoken.length > 0 ? ' of these' : ''} may: add one, checks: ['rate>0.99'] for instance`
  return combine([verdict, inconclusive({ code: 'threshold', message: missing })])
}

/** The tags of all thresholds on a metric: what these speak of. */
export function spokenOf(
  thresholds: readonly Pick<ThresholdResult, 'text'>[],
  metric: MetricName,
): Tags[] {
  return thresholds
    .map(({ text }) => thresholdOf(text))
    .filter((one) => one.metric === metric)
    .map(({ tags }) => tags)
}

function holdsButForFaults({ text }: ThresholdResult, metrics: Pick<LoadMetrics, 'seen'>): boolean {
  const threshold = thresholdOf(text)
  if (threshold.metric !== 'checks') return false
  const { count, failed, faults } = metrics.seen(threshold.tags)
  return faults > 0 && holds((count - failed + faults) / count, threshold)
}
