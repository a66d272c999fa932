import { inconclusive, judgeThresholds, type Reason, type Verdict } from '../core/index.ts'
import type { LoadResult } from './embedded.ts'

/**
 * The verdict on a load: fail for thresholds that do not hold, inconclusive for those without data, and when the load itself was the
 * limit: what is measured then says more about this machine than about the system, so that nothing is blamed on the system.
 */
export function judgeLoad(
  result: Pick<LoadResult, 'thresholds' | 'selfCheck'> & { readonly flows: number },
): Verdict {
  const { thresholds, selfCheck, flows } = result
  if (!selfCheck.ok) {
    return inconclusive(
      ...selfCheck.problems.map((message): Reason => ({ code: 'generator-limited', message })),
    )
  }
  if (flows === 0) return inconclusive({ code: 'no-data', message: 'no flow was completed' })
  return judgeThresholds(thresholds)
}
