export interface DeadlineListener {
  timeIsOver(): void
}

/** Until when a flow may take. An AbortSignal is made only for who asks for it: it costs more than all else of a request. */
export class Deadline {
  expired = false
  /** Its place among those that are under way. */
  place = -1
  /** On the clock of `Underway`, in ms. */
  readonly endsMs: number
  /** Most flows have one request under way at a time, and a list costs more than it does. */
  #listener: DeadlineListener | undefined
  #others: DeadlineListener[] | undefined
  #controller: AbortController | undefined

  constructor(endsMs: number) {
    this.endsMs = endsMs
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.expired) this.#controller.abort()
    return this.#controller.signal
  }

  add(listener: DeadlineListener): void {
    if (this.#listener) (this.#others ??= []).push(listener)
    else this.#listener = listener
  }

  remove(listener: DeadlineListener): void {
    if (this.#listener === listener) this.#listener = undefined
    else this.#others = this.#others?.filter((one) => one !== listener)
  }

  /** Now, if not yet. */
  expire(): void {
    if (this.expired) return
    this.expired = true
    this.#controller?.abort()
    // Each may take itself back meanwhile.
    const told = [this.#listener, ...(this.#others ?? [])]
    this.clear()
    for (const listener of told) listener?.timeIsOver()
  }

  /** The flow is done. */
  clear(): void {
    this.#listener = undefined
    this.#others = undefined
  }
}

/** Timers of their own would cost each flow more than looking at all of them this often. */
const lookEveryMs = 10

/**
 * The deadlines of what is under way. Not a Set: its tables are replaced all the time, and each that has grown old keeps its successors
 * from being collected with all that was ever in them.
 */
export class Underway<T extends Deadline = Deadline> {
  readonly #all: T[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Expires each when its time is over, until disposed. */
  watch(): Disposable {
    const timer = setInterval(() => {
      const now = this.#now()
      for (const deadline of this.#all) if (deadline.endsMs <= now) deadline.expire()
    }, lookEveryMs)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }

  get all(): readonly T[] {
    return this.#all
  }

  add(deadline: T): void {
    deadline.place = this.#all.push(deadline) - 1
  }

  remove(deadline: T): void {
    const last = this.#all.pop()
    if (last === undefined || last === deadline) return
    this.#all[deadline.place] = last
    last.place = deadline.place
  }

  expire(): void {
    for (const deadline of this.#all) deadline.expire()
  }
}
