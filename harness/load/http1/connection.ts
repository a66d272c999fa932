import { connect, type Socket } from 'node:net'
import type { Call, Carrier } from './call.ts'
import { ResponseParser, type ParserLimits } from './response-parser.ts'

/** A connection is not used again within this of the moment at which the other side says it will close it. */
const idleMarginMs = 1_000
/** Where it says nothing; servers close after 5 s and more. */
const idleMs = 4_000
/** All connections of a thread read into this: what is kept is copied out before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1_024)

export interface ConnectionOwner {
  /** It can take a call. */
  free(connection: Connection, nowMs: number): void
  /** It is gone. */
  gone(connection: Connection): void
  opened(connection: Connection, durationMs: number): void
}

/** One kept-alive connection, one request at a time. */
export class Connection implements Carrier {
  isOpen = false
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #parser: ResponseParser
  readonly #startedMs = performance.now()
  #call: Call | undefined
  #usableUntilMs = Infinity
  #isGone = false

  constructor(host: string, port: number, limits: ParserLimits, owner: ConnectionOwner) {
    this.#owner = owner
    this.#parser = new ResponseParser(limits)
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (size) => {
          this.#read(readBuffer.subarray(0, size))
          return true
        },
      },
    })
    this.#socket.once('connect', () => {
      this.isOpen = true
      const now = performance.now()
      owner.opened(this, now - this.#startedMs)
      if (this.#call && !this.#call.isSettled) this.#write(this.#call, now)
      else this.#release(now)
    })
    this.#socket.once('end', () => this.#ended())
    this.#socket.once('error', (error) => this.#broken(error))
    this.#socket.once('close', () => this.#broken(closedEarly()))
  }

  /** Whether the other side can be expected to take a request still. */
  isUsable(nowMs: number): boolean {
    return !this.#isGone && nowMs < this.#usableUntilMs
  }

  /** Sends it, once the connection is open. */
  send(call: Call, nowMs: number): void {
    this.#call = call
    call.carrier = this
    if (this.isOpen) this.#write(call, nowMs)
  }

  destroy(): void {
    this.#broken(closedEarly())
  }

  #write(call: Call, nowMs: number): void {
    const { head = '', body, method } = call.request
    this.#parser.begin(method)
    if (body === undefined) {
      call.sent(head.length, nowMs)
      this.#socket.write(head, 'latin1')
      return
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const message = Buffer.concat([Buffer.from(head, 'latin1'), bytes])
    call.sent(message.length, nowMs)
    this.#socket.write(message)
  }

  #read(bytes: Buffer): void {
    const call = this.#call
    // Between two calls nothing is due: whatever it is, it must not become the answer to the next.
    if (!call) return this.destroy()
    call.receivedBytes += bytes.length
    try {
      const isDone = this.#parser.feed(bytes)
      const now = performance.now()
      if (call.firstByteAtMs === 0 && this.#parser.hasHead) call.firstByteAtMs = now
      if (isDone) this.#answered(call, now)
    } catch (error) {
      this.#broken(error)
    }
  }

  #answered(call: Call, nowMs: number): void {
    const { status, headers, keepsAlive, idleSeconds } = this.#parser
    this.#call = undefined
    const idle = idleSeconds === undefined ? idleMs : idleSeconds * 1_000 - idleMarginMs
    const bytes = this.#parser.body()
    if (keepsAlive && idle > 0) {
      this.#usableUntilMs = nowMs + idle
      this.#release(nowMs)
    } else this.destroy()
    call.done(status, headers, bytes, nowMs)
  }

  #release(nowMs: number): void {
    this.#call = undefined
    this.#owner.free(this, nowMs)
  }

  #ended(): void {
    const call = this.#call
    if (call && this.isOpen && this.#parser.end()) this.#answered(call, performance.now())
    this.#broken(closedEarly())
  }

  /** A request that was sent takes the connection with it; one that waits for the connection to open does not. */
  giveUp(call: Call): void {
    if (this.#call !== call) return
    this.#call = undefined
    if (this.isOpen) this.destroy()
  }

  #broken(error: unknown): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#socket.destroy()
    const call = this.#call
    this.#call = undefined
    this.#owner.gone(this)
    call?.fail(error)
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('the connection was closed before the answer was complete'), {
    code: 'ECONNRESET',
  })
}
