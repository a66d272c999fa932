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
