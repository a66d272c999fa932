import type { LoadExecutor, LoadProfile } from '../../core/index.ts'
import { durationOr } from '../duration.ts'
import { endOf, mostVus, valueAt, vuPieces } from '../pacer.ts'

/**
 * Users that a validated profile has at once at most. k6 says as many of its script (`k6 inspect`, maxVUs), or more, since it keeps users for
 * graceful stops; its operator starts no test with more pods than that.
 */
export function vusAtOnce({ executors }: LoadProfile): number {
  const all = Object.values(executors)
  const sums = all
    .flatMap(momentsOf)
    .map((atMs) => all.reduce((sum, executor) => sum + vusAt(executor, atMs), 0))
  return Math.max(...sums)
}

/** When it may have more users than before: at its start, and at the end of each stage. */
function momentsOf(executor: LoadExecutor): number[] {
  let atMs = durationOr(executor.startTime, 0)
  const moments = [atMs]
  if (executor.executor !== 'ramping-vus') return moments
  for (const { durationMs } of vuPieces(executor)) moments.push((atMs += durationMs))
  return moments
}

function vusAt(executor: LoadExecutor, atMs: number): number {
  const sinceMs = atMs - durationOr(executor.startTime, 0)
  if (sinceMs < 0) return 0
  if (executor.executor !== 'ramping-vus') return atMs < endOf(executor) ? mostVus(executor) : 0
  // A stage ends with as many as it goes to.
  const pieces = vuPieces(executor)
  const justBefore = valueAt(pieces, Math.max(0, sinceMs - 1e-6))
  return Math.floor(Math.max(justBefore, valueAt(pieces, sinceMs)) + 1e-3)
}
