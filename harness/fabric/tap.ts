import type { Socket } from 'node:net'

import { Lane } from './lane.ts'
import type { Cut, Pipe } from './toxics/toxic.ts'

/** What both directions of a connection go through. `sent` is what this process writes, `received` what it reads. */
export interface TapPipes {
  readonly sent: readonly Pipe[]
  readonly received: readonly Pipe[]
}

const ignore = (): void => undefined

/**
 * Gets between a socket and whoever reads and writes it, while it is open: write(), end() and push() of this one socket go
 * through lanes. Without pipes they are the socket's own again, so a connection without toxics is untouched.
 */
export class Tap {
  readonly #socket: Socket
  readonly #sent: Lane
  readonly #received: Lane
  readonly #gone: () => void
  #isIn = false

  /**
   * `cut` breaks the connection, in the way of its side. `gone` is told when the other side has ended the connection, and toxics
   * keep one of the two ends from getting through: nothing more will come of it.
   */
  constructor(socket: Socket, cut: (how: Cut) => void, gone: () => void = ignore) {
    this.#socket = socket
    this.#gone = gone
    const { write, end, push } = socket
    const leave = (how: Cut) => {
      this.#takeOut()
      cut(how)
    }
    this.#sent = new Lane({
      data: (bytes, done) => void (write as WriteAll).call(socket, bytes, undefined, done),
      end: (done) => void (end as EndAll).call(socket, undefined, undefined, done),
      cut: leave,
      // A socket that is full itself says so itself, later.
      room: () => void (socket.writableNeedDrain || socket.emit('drain')),
    })
    this.#received = new Lane({
      data: (bytes) => void push.call(socket, bytes),
      end: () => void push.call(socket, null),
      cut: leave,
      // Reading goes on by itself once something was pushed.
      room: ignore,
    })
    socket.once('close', () => {
      this.#sent.close()
      this.#received.close()
    })
  }

  set({ sent, received }: TapPipes): void {
    if (sent.length + received.length > 0) this.#putIn()
    this.#sent.setPipes(sent)
    this.#received.setPipes(received)
    if (this.#sent.isIdle && this.#received.isIdle) this.#takeOut()
  }

  #putIn(): void {
    if (this.#isIn) return
    this.#isIn = true
    const socket = this.#socket
    // node:http reads past the stream where it can; it stops doing so when somebody listens for data.
    if (socket.listenerCount('data') > 0) socket.on('data', ignore)
    Object.assign(socket, {
      write: (chunk: string | Uint8Array, ...rest: readonly unknown[]) =>
        this.#sent.data(bytesOf(chunk, rest), callbackIn(rest)),
      end: (...args: readonly unknown[]) => {
        const [chunk, ...rest] = args
        if (typeof chunk === 'string' || chunk instanceof Uint8Array)
          this.#sent.data(bytesOf(chunk, rest), ignore)
        if (!this.#sent.end(callbackIn(args)) && socket.readableEnded) this.#gone()
        return socket
      },
      push: (chunk: Buffer | null) => {
        if (chunk !== null) return this.#received.data(chunk, ignore)
        if (!this.#received.end(ignore)) this.#gone()
        return false
      },
    })
  }

  #takeOut(): void {
    if (!this.#isIn) return
    this.#isIn = false
    this.#socket.off('data', ignore)
    for (const name of ['write', 'end', 'push']) Reflect.deleteProperty(this.#socket, name)
  }
}

type WriteAll = (bytes: Buffer, encoding: undefined, done: () => void) => boolean
type EndAll = (chunk: undefined, encoding: undefined, done: () => void) => Socket

/** write() and end() take an encoding, a callback, or both. */
function bytesOf(chunk: string | Uint8Array, rest: readonly unknown[]): Buffer {
  if (typeof chunk !== 'string')
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return Buffer.from(chunk, rest.find((one) => typeof one === 'string') as BufferEncoding)
}

function callbackIn(args: readonly unknown[]): () => void {
  const found = args.find((one) => typeof one === 'function')
  // Without the argument of an error: a connection that fails says so by its events.
  return found ? () => (found as () => void)() : ignore
}
