import type { Call, Carrier, Door } from './call.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import type { ParserLimits } from './response-parser.ts'

export interface DoorOptions {
  /** Connections at most. */
  readonly connections: number
  readonly limits: ParserLimits
  /** How long it took to open a connection, in ms. */
  readonly onConnect: (durationMs: number) => void
}

/** So many are opened at a time: it takes longer than many an answer, and those that are open may be free before. */
const mostOpening = 16

/** A front door over http. Calls beyond the connections wait for one, in order: when the target stalls, catching up must not become a storm of connections. */
export class PlainDoor implements Door, ConnectionOwner, Carrier {
  readonly #host: string
  readonly #port: number
  readonly #options: DoorOptions
  readonly #all = new Set<Connection>()
  readonly #free: Connection[] = []
  readonly #waiting = new Set<Call>()
  readonly #opening = new Set<Connection>()
  #isClosed = false

  constructor(url: URL, options: DoorOptions) {
    // An address of IPv6 stands in brackets there, and without them here.
    this.#host = url.hostname.replace(/^\[|\]$/g, '')
    this.#port = Number(url.port || 80)
    this.#options = options
  }

  start(call: Call): void {
    if (this.#isClosed) return call.fail(new Error('the load is over'))
    for (let known = this.#free.pop(); known; known = this.#free.pop()) {
      if (known.isUsable(call.startedMs)) return known.send(call, call.startedMs)
      known.destroy()
    }
    if (this.#hasRoom()) return this.#open(call)
    this.#waiting.add(call)
    call.carrier = this
  }

  giveUp(call: Call): void {
    this.#waiting.delete(call)
  }

  close(): Promise<void> {
    this.#isClosed = true
    for (const connection of this.#all) connection.destroy()
    for (const call of this.#waiting) call.fail(new Error('the load is over'))
    this.#waiting.clear()
    return Promise.resolve()
  }

  free(connection: Connection, nowMs: number): void {
    const next = this.#next()
    if (next) connection.send(next, nowMs)
    else this.#free.push(connection)
  }

  gone(connection: Connection): void {
    this.#all.delete(connection)
    this.#opening.delete(connection)
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    this.#openNext()
  }

  opened(connection: Connection, durationMs: number): void {
    this.#options.onConnect(durationMs)
    this.#opening.delete(connection)
    this.#openNext()
  }

  #hasRoom(): boolean {
    return this.#all.size < this.#options.connections && this.#opening.size < mostOpening
  }

  #openNext(): void {
    if (this.#isClosed || !this.#hasRoom()) return
    const next = this.#next()
    if (next) this.#open(next)
  }

  #open(call: Call): void {
    const connection = new Connection(this.#host, this.#port, this.#options.limits, this)
    this.#all.add(connection)
    this.#opening.add(connection)
    connection.send(call, call.startedMs)
  }

  #next(): Call | undefined {
    const [next] = this.#waiting
    if (next) this.#waiting.delete(next)
    return next
  }
}
