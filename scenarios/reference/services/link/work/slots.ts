/** Lets a bounded number of tasks run at once; the rest wait in order until a slot or their signal comes. */
export class Slots {
  readonly #limit: () => number
  readonly #waiting: Array<() => void> = []
  #taken = 0

  /** The limit is read at each turn, since it is configuration. */
  constructor(limit: () => number) {
    this.#limit = limit
  }

  get contents(): unknown {
    return { taken: this.#taken, waiting: this.#waiting.length }
  }

  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await task()
    } finally {
      this.#taken--
      this.#admit()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = (): void => {
      const place = this.#waiting.indexOf(resolve)
      // Not in the queue any more: admitted in the same moment, and the task will see the signal.
      if (place >= 0) this.#waiting.splice(place, 1)
      reject(signal.reason)
    }
    this.#waiting.push(resolve)
    signal.addEventListener('abort', leave, { once: true })
    this.#admit()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  #admit(): void {
    while (this.#taken < this.#limit()) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#taken++
      next()
    }
  }
}
