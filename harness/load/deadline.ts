/** Until when a flow may take. An AbortSignal is made only for who asks for it: it costs more than all else of a request. */
export class Deadline {
  expired = false
  readonly #timer: NodeJS.Timeout
  #listeners: (() => void)[] = []
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
    this.#listeners.push(listener)
    return () => {
      const at = this.#listeners.lastIndexOf(listener)
      if (at >= 0) this.#listeners.splice(at, 1)
    }
  }

  /** Now, if not yet. */
  expire(): void {
    if (this.expired) return
    this.expired = true
    clearTimeout(this.#timer)
    this.#controller?.abort()
    // Each may take itself back meanwhile.
    const told = this.#listeners
    this.#listeners = []
    for (const listener of told) listener()
  }

  /** The flow is done. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#listeners = []
  }
}
