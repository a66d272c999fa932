import { BatchWriter } from './batch.ts'
import type { LoadResult } from './embedded.ts'
import { LoadMetrics } from './metrics.ts'

export const selfCheck = {
  ok: true,
  problems: [],
  lateP50Ms: 0,
  lateP99Ms: 1,
  busiest: 0.1,
  cpuMs: 1,
}
export const holds = { text: 'checks: rate>0.99', outcome: 'holds', value: 1 } as const
export const crossed = { text: 'checks: rate>0.99', outcome: 'crossed', value: 0.5 } as const

/** A load in which so many flows ended, after 200 ms each, and so many were dropped. */
export function loadResult(
  ended: number,
  dropped: number,
  given: Partial<LoadResult> = {},
): LoadResult {
  const executor = {
    executor: 'constant-arrival-rate',
    rate: 10,
    duration: '1s',
    preAllocatedVUs: 5,
  } as const
  const cells = [{ flow: 'read', actor: 'web', weight: 1 }]
  const metrics = new LoadMetrics([{ name: 'day', executor, cells }])
  const writer = new BatchWriter((batch) => metrics.take(0, batch))
  const times = { startMs: 0, durationMs: 200, lateMs: 0 }
  for (let i = 0; i < ended; i += 1) writer.flow(0, 0, times)
  for (let i = 0; i < dropped; i += 1) writer.dropped(0, 0)
  writer.flush()
  return { metrics, durationMs: 1_000, thresholds: [holds], selfCheck, ...given }
}
