import { setTimeout as sleep } from 'node:timers/promises'

export interface QuerySettings {
  /** How long the database works on one query. */
  queryMs: number
  /** How long whoever asks waits for the answer. */
  timeoutMs: number
  /** What may wait at the database; more is refused at once. */
  maxQueued: number
}

/** The database refused the query, or its answer came too late to be of use. */
export class QueryFailedError extends Error {
  override readonly name = 'QueryFailedError'
}

/**
 * A database of another machine, over one connection: it works off what it was sent in its order, and knows nothing of clients that
 * stopped waiting. So when more comes in than it can do, all that it does is late, and nobody gets anything.
 */
export class QueryQueue {
  readonly #settings: () => QuerySettings
  #queued = 0
  #last: Promise<void> = Promise.resolve()

  constructor(settings: () => QuerySettings) {
    this.#settings = settings
  }

  /** Queries that wait or are worked on. */
  get queued(): number {
    return this.#queued
  }

  /** Throws QueryFailedError. What comes later than `timeoutMs` is dropped, as by a client that closed its connection. */
  async ask<T>(read: () => T): Promise<T> {
    const { queryMs, timeoutMs, maxQueued } = this.#settings()
    if (this.#queued >= maxQueued) throw new QueryFailedError('the database takes no more queries')
    this.#queued += 1
    const done = this.#last.then(() => sleep(queryMs))
    this.#last = done.finally(() => {
      this.#queued -= 1
    })
    const over = new AbortController()
    const tooLate = sleep(timeoutMs, true, { signal: over.signal }).catch(() => false)
    const isLate = await Promise.race([done.then(() => false), tooLate])
    over.abort()
    if (isLate) throw new QueryFailedError(`no answer within ${timeoutMs} ms`)
    return read()
  }
}
