import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Longer than clients keep a connection, so that it is theirs to close and no request meets a closing one. */
export const keepAliveMs = 120_000

interface Kept {
  /** The host last asked for. */
  host: string
  inFlight: number
  isClosing: boolean
}

/** Connections that programs which know no proxy keep for their next request. */
export class KeptConnections {
  readonly #open = new Map<Socket, Kept>()

  /** A request for the host came on the connection. */
  begin(socket: Socket, host: string, answer: ServerResponse): void {
    const kept = this.#open.get(socket) ?? this.#add(socket)
    kept.host = host
    kept.inFlight += 1
    answer.once('close', () => {
      kept.inFlight -= 1
      if (kept.isClosing) closeWhenIdle(socket, kept)
    })
  }

  /** Closes those to the host on which nothing goes on, and the others after the answer that they are at. */
  close(host: string): void {
    for (const [socket, kept] of this.#open) {
      if (kept.host !== host) continue
      kept.isClosing = true
      closeWhenIdle(socket, kept)
    }
  }

  #add(socket: Socket): Kept {
    const kept: Kept = { host: '', inFlight: 0, isClosing: false }
    this.#open.set(socket, kept)
    socket.once('close', () => this.#open.delete(socket))
    return kept
  }
}

function closeWhenIdle(socket: Socket, { inFlight }: Kept): void {
  if (inFlight === 0) socket.destroySoon()
}
