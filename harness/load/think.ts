import type { Random, ThinkTime } from '../core/index.ts'
import { durationMs } from './duration.ts'

/** How long a user waits this time, in ms. */
export function thinkMs(time: ThinkTime, random: Random): number {
  if (typeof time !== 'object') return durationMs(time)
  const min = durationMs(time.min)
  return min + random() * (durationMs(time.max) - min)
}
