import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A connection on which the same request is sent again and again. Does as little as possible itself, so that it measures the other side. */
export class KeptConnection {
  readonly #socket: Socket
  readonly #request: Buffer
  /** Of one answer; they are all of the same length. */
  #answerBytes = 0
  #received = 0
  #done: (() => void) | undefined
  #failed: ((error: Error) => void) | undefined

  constructor(socket: Socket, request: string) {
    this.#socket = socket.setNoDelay()
    this.#request = Buffer.from(request)
    socket.on('data', (chunk: Buffer) => {
      if (this.#answerBytes === 0) this.#answerBytes = lengthOf(chunk)
      this.#received += chunk.length
      if (Number.isNaN(this.#answerBytes)) this.#failed?.(unexpected(chunk))
      else if (this.#received >= this.#answerBytes) this.#done?.()
    })
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')))
    socket.on('error', (error) => this.#failed?.(error))
  }

  static async plain(port: number, request: string): Promise<KeptConnection> {
    return new KeptConnection(await connected(port), request)
  }

  /** Through a proxy and inside of TLS. */
  static async tunnelled(
    port: number,
    head: string,
    options: { readonly servername: string; readonly ca: string },
    request: string,
  ): Promise<KeptConnection> {
    const socket = await connected(port)
    socket.write(head)
    await once(socket, 'data')
    const tls = connectTls({ socket, ...options })
    await once(tls, 'secureConnect')
    return new KeptConnection(tls, request)
  }

  /** One request; resolves when its answer is complete. */
  ask(): Promise<void> {
    this.#received = 0
    if (this.#socket.destroyed) return Promise.reject(new Error('the server closed the connection'))
    return new Promise((resolve, reject) => {
      this.#done = resolve
      this.#failed = reject
      this.#socket.write(this.#request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** From the first packet of the first answer, which holds its head. NaN for an answer that cannot be measured. */
function lengthOf(chunk: Buffer): number {
  const text = chunk.toString('latin1')
  const head = text.indexOf('\r\n\r\n') + 4
  const isRight = text.startsWith('HTTP/1.1 200')
  return isRight ? head + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]) : NaN
}

function unexpected(chunk: Buffer): Error {
  return new Error(`an answer that the bench does not expect: ${String(chunk.subarray(0, 300))}`)
}
