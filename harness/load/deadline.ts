export interface DeadlineListener {
  timeIsOver(): void
}

/** Until when a flow may take. An AbortSignal is made only for who asks for it: it costs more than all else of a request. */
export class Deadline {
  expired = false
  /** Its place among those that are under way. */
  place = -1
  readonly #timer: NodeJS.Timeout
  #listeners: DeadlineListener[] = []
  #controller: AbortController | undefined

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(expire, timeoutMs, this)
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.expired) this.#controller.abort()
    return this.#controller.signal
  }

  add(listener: DeadlineListener): void {
    this.#listeners.push(listener)
  }

  remove(listener: DeadlineListener): void {
    if (this.#listeners.at(-1) === listener) this.#listeners.pop()
    else this.#listeners = this.#listeners.filter((one) => one !== listener)
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
    for (const listener of told) listener.timeIsOver()
  }

  /** The flow is done. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#listeners = []
  }
}

function expire(deadline: Deadline): void {
  deadline.expire()
}

/**
 * The deadlines of what is under way. Not a Set: its tables are replaced all the time, and each that has grown old keeps its successors
 * from being collected with all that was ever in them.
 */
export class Underway {
  readonly #all: Deadline[] = []

  add(deadline: Deadline): void {
    deadline.place = this.#all.push(deadline) - 1
  }

  remove(deadline: Deadline): void {
    const last = this.#all.pop()
    if (last === undefined || last === deadline) return
    this.#all[deadline.place] = last
    last.place = deadline.place
  }

  expire(): void {
    for (const deadline of this.#all) deadline.expire()
  }
}
