import type { Clock } from './lru-cache.ts'

/** The time as this replica has it, which may be wrong. */
export class MovableClock implements Clock {
  /** How much later than it is, in ms. */
  offsetMs = 0

  now(): number {
    return Date.now() + this.offsetMs
  }

  date(): Date {
    return new Date(this.now())
  }
}
