import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'

const carriers = new WeakMap<Duplex, Duplex>()

/** Remembers the connection that an encrypted one runs inside of. */
export function runsInside(inner: Duplex, outer: Duplex): void {
  carriers.set(inner, outer)
}

/** Ends a connection by RST. Inside of TLS only the TCP connection below can do so. */
export function resetConnection(socket: Duplex | null): void {
  if (!socket) return
  const carrier = carriers.get(socket) ?? socket
  if (carrier instanceof Socket) carrier.resetAndDestroy()
  else carrier.destroy()
}

/** A connection to a replica that a toxic has broken. Its caller is to see the same, and no answer that speaks of it. */
export class ConnectionCut extends Error {
  readonly how: 'close' | 'reset'

  constructor(how: 'close' | 'reset') {
    super(`a toxic broke the connection (${how})`)
    this.name = 'ConnectionCut'
    this.how = how
  }
}
