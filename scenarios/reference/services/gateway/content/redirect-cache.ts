import { LruCache, type Clock } from '../../common/lru-cache.ts'
import type { UpstreamAnswer } from '../../common/upstream.ts'

export interface Redirect {
  status: number
  location: string
}

interface Kept extends Redirect {
  untilMs: number
}

const MAX_ENTRIES = 1_000

/** Permanent redirects, kept for as long as the link service allows, as caches on the way do. Nothing takes them out before. */
export class RedirectCache {
  readonly #clock: Clock
  readonly #entries: LruCache<Kept>

  constructor(clock: Clock = Date) {
    this.#clock = clock
    this.#entries = new LruCache<Kept>(clock)
  }

  get contents(): unknown {
    return this.#entries.contents
  }

  get(code: string): Redirect | undefined {
    const kept = this.#entries.get(code, Number.POSITIVE_INFINITY)
    return kept !== undefined && this.#clock.now() < kept.untilMs ? kept : undefined
  }

  /** Keeps the answer if it may be kept. */
  offer(code: string, { status, headers }: Pick<UpstreamAnswer, 'status' | 'headers'>): void {
    const maxAgeS = Number(/\bmax-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1] ?? 0)
    const location = headers['location']
    if (location === undefined || maxAgeS === 0) return
    const untilMs = this.#clock.now() + maxAgeS * 1_000
    this.#entries.set(code, { status, location, untilMs }, MAX_ENTRIES)
  }
}
