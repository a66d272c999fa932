import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from './ports.ts'

/** Counts from its making. Its sleeps end early, without an error, when the signal fires: whoever waits looks at the signal. */
export function monotonicClock(): Clock {
  const origin = performance.now()
  return {
    now: () => performance.now() - origin,
    async sleep(durationMs, signal) {
      if (signal.aborted) return
      await delay(durationMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    },
  }
}
