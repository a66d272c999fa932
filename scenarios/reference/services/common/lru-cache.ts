export interface Clock {
  now(): number
}

interface Entry<V> {
  value: V
  storedAtMs: number
}

/** Least recently used entries leave first. Limits are given per call, since they are configuration. */
export class LruCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #clock: Clock

  constructor(clock: Clock = Date) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  /** All that is kept, youngest last. */
  get contents(): unknown {
    return [...this.#entries]
  }

  get(key: string, ttlS: number): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (this.#clock.now() - entry.storedAtMs >= ttlS * 1_000) return undefined
    // A Map keeps the order of insertion: inserting again makes this the youngest.
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: V, maxEntries: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, storedAtMs: this.#clock.now() })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries) break
      this.#entries.delete(oldest)
    }
  }
}
