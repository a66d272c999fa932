import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

/**
 * A TCP address that can be handed out before the server behind it exists: the services know each
 * other's addresses from their start, and each wants a port of its own.
 */
export class Relay implements AsyncDisposable {
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => this.#join(socket))
  readonly #heard: Buffer[] = []
  #targetPort = 0

  static async open(): Promise<Relay> {
    const relay = new Relay()
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** All that was sent to the server behind it. */
  get heard(): string {
    return Buffer.concat(this.#heard).toString('latin1')
  }

  pointAt(url: string): void {
    this.#targetPort = Number(new URL(url).port)
  }

  /** Drops what is connected and refuses what comes, as a service that is down. */
  cut(): void {
    this.#targetPort = 0
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    if (this.#targetPort === 0) {
      client.destroy()
      return
    }
    const server = connect(this.#targetPort, '127.0.0.1')
    client.on('data', (part: Buffer) => this.#heard.push(part))
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.pipe(other)
      // Either end may vanish, that is what tests do: the other end goes with it.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }
}
