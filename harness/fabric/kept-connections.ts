import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { CloseWhenIdle } from './close-when-idle.ts'

/** Longer than clients keep a connection, so that it is theirs to close and no request meets a closing one. */
export const keepAliveMs = 120_000

interface Kept {
  /** The host last asked for. */
  host: string
  readonly idle: CloseWhenIdle
}

/** Connections that programs which know no proxy keep for their next request. */
export class KeptConnections {
  readonly #open = new Map<Socket, Kept>()

  /** A request for the host came on the connection. */
  begin(socket: Socket, host: string, answer: ServerResponse): void {
    const kept = this.#open.get(socket) ?? this.#add(socket)
    kept.host = host
    kept.idle.begin(answer)
  }

  /** Closes those to the host on which nothing goes on, and the others after the answer that they are at. */
  close(host: string): void {
    for (const kept of this.#open.values()) if (kept.host === host) kept.idle.close()
  }

  #add(socket: Socket): Kept {
    const kept: Kept = { host: '', idle: new CloseWhenIdle(() => socket.destroySoon()) }
    this.#open.set(socket, kept)
    socket.once('close', () => this.#open.delete(socket))
    return kept
  }
}
