/** Until when a flow may take. An AbortSignal is made only for who asks for it: it costs more than all else of a request. */
export class Deadline {
  expired = false
  readonly #timer: NodeJS.Timeout
  readonly #listeners = new Set<() => void>()
  #controller: AbortController | undefined

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => this.expire(), timeoutMs)
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.expired) this.#controller.abort()
    return this.#controller.signal
  }

  /** Returns how to take it back. */
  onExpire(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Now, if not yet. */
  expire(): void {
    if (this.expired) return
    this.expired = true
    clearTimeout(this.#timer)
    this.#controller?.abort()
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }

  /** The flow is done. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }
}
