import type { Duplex } from 'node:stream'
import { TLSSocket, type TLSSocketOptions } from 'node:tls'

import { resetConnection, runsInside } from '../connection-reset.ts'
import type { Struck } from '../variant-board.ts'
import type { TlsVariant } from '../variants/variant.ts'

/** How long a handshake may take, unless something else is said. */
const usualLimitMs = 10_000

export interface Handshake {
  /** What it is answered with. */
  readonly answer: Pick<TLSSocketOptions, 'secureContext' | 'SNICallback'>
  readonly secured: (tls: TLSSocket) => void
  /** The connection is closed then. */
  readonly failed: (error: NodeJS.ErrnoException) => void
  /** The connection is closed then. `note` says why. */
  readonly overdue: (note: string) => void
  readonly limitMs?: number | undefined
}

/** Takes TLS on a connection that allows half open ones, as its server. Returns what lifts the limit on how long the handshake may take. */
export function acceptTls(socket: Duplex, handshake: Handshake): () => void {
  const tls = new TLSSocket(socket, {
    isServer: true,
    ALPNProtocols: ['http/1.1'],
    ...handshake.answer,
  })
  runsInside(tls, socket)
  const { limitMs = usualLimitMs } = handshake
  const timer = setTimeout(() => {
    handshake.overdue(`the handshake was not over after ${limitMs} ms`)
    socket.destroy()
  }, limitMs)
  const noLimit = (): void => clearTimeout(timer)
  socket.once('close', noLimit)
  // A client that leaves during the handshake would stay half open.
  const leave = (): void => void socket.destroy()
  tls.once('end', leave)
  tls.on('error', (error) => {
    handshake.failed(error)
    socket.destroy()
  })
  tls.once('secure', () => {
    noLimit()
    tls.off('end', leave)
    handshake.secured(tls)
  })
  return noLimit
}

/** A handshake that a variant leaves without an answer: the client's patience ends it, or the variant's end, which resets it. */
export function leaveHanging(socket: Duplex, { lifted }: Struck<TlsVariant>): void {
  const reset = (): void => resetConnection(socket)
  lifted.addEventListener('abort', reset)
  socket.once('close', () => lifted.removeEventListener('abort', reset))
}

/** A client that goes away has said nothing wrong, nor has one whose connection was broken off: then a system call failed. EPROTO is what TLS itself found. */
export function isDisconnect({ code, syscall }: NodeJS.ErrnoException): boolean {
  if (code === 'EPROTO') return false
  return code === 'ECONNRESET' || code === 'EPIPE' || syscall !== undefined
}
