import { ErrorCode, HttpError } from '../../common/http-error.ts'
import type { Clock } from '../../common/lru-cache.ts'

/** Lets requests through evenly, one each 1/rate seconds, and no burst. */
export class Throttle {
  readonly #clock: Clock
  #nextMs = 0

  constructor(clock: Clock = Date) {
    this.#clock = clock
  }

  get contents(): unknown {
    return this.#nextMs
  }

  /** Throws an HttpError when it is too soon after the last one. `perSecond` is above 0. */
  take(perSecond: number): void {
    const nowMs = this.#clock.now()
    if (nowMs < this.#nextMs) {
      const headers = { 'retry-after': '1' }
      const message = 'Many want to read right now: come again in a moment'
      throw new HttpError(429, ErrorCode.quotaExceeded, message, { headers })
    }
    this.#nextMs = nowMs + Math.floor(1_000 / perSecond)
  }
}
