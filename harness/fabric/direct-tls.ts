import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

import { describeError } from '../core/index.ts'
import { runsInside } from './connection-reset.ts'
import { serveDirectly, type CallerAt } from './direct.ts'
import type { Outside } from './outside.ts'
import type { CertificateAuthority } from './tls/authority.ts'
import type { Struck } from './variant-board.ts'
import type { TlsVariant } from './variants/variant.ts'

/** One connection, as far as the name said in its handshake (SNI) tells. */
interface Connection {
  host?: string
  struck?: Struck<TlsVariant> | undefined
  isSecure?: boolean
  isAsked?: boolean
  error?: Error
}

/**
 * Where programs arrive under TLS that know no proxy: the name asked for in the handshake says which site is wanted. A handshake
 * that fails is recorded, as in a tunnel.
 */
export function createDirectTlsServer(
  outside: Outside,
  callerAt: CallerAt,
  authority: CertificateAuthority,
): Server {
  const connections = new WeakMap<Duplex, Connection>()
  const http = createHttpServer({ requestTimeout: 0, noDelay: true }, (request, answer) => {
    const connection = connections.get(request.socket) ?? {}
    connection.isAsked = true
    const origin = `https://${connection.host ?? ''}`
    serveDirectly(outside, callerAt, origin, request, answer, connection.struck)
  })
  return createServer({ allowHalfOpen: true }, (socket) => {
    const from = callerAt(socket.remoteAddress ?? '')
    const connection: Connection = {}
    const tls = openTls(socket, outside, authority, connection)
    connections.set(tls, connection)
    socket.once('close', () => recordFailure(outside, from, connection))
    tls.on('error', (error) => {
      connection.error ??= error
      socket.destroy()
    })
    // A client that leaves during the handshake would stay half open.
    const leave = (): void => void socket.destroy()
    tls.once('end', leave)
    tls.once('secure', () => {
      tls.off('end', leave)
      connection.isSecure = true
      http.emit('connection', tls)
    })
  })
}

function openTls(
  socket: Socket,
  outside: Outside,
  authority: CertificateAuthority,
  connection: Connection,
): TLSSocket {
  const tls = new TLSSocket(socket, {
    isServer: true,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => {
      const url = URL.parse(`https://${name}/`)
      if (!url) return done(new Error(`not the name of a host: ${name}`))
      const struck = outside.strikeHandshake(url)
      Object.assign(connection, { host: url.hostname, struck })
      const flaw = struck?.variant.flaw
      if (flaw !== 'hangs') return done(null, authority.contextFor(name, flaw))
      // Never answered, until the client's patience or the variant ends.
      const reset = (): void => void socket.resetAndDestroy()
      struck?.lifted.addEventListener('abort', reset)
      socket.once('close', () => struck?.lifted.removeEventListener('abort', reset))
    },
  })
  runsInside(tls, socket)
  return tls
}

/** A connection on which no name was said asked for nothing that could be told, and one in order that nothing was asked on is no request. */
function recordFailure(outside: Outside, from: string, connection: Connection): void {
  const { host, struck, isSecure, isAsked } = connection
  if (host === undefined || isAsked || (isSecure && !struck)) return
  outside.record({
    from,
    method: 'CONNECT',
    url: `https://${host}/`,
    outcome: 'answered',
    note: failureOf(connection),
    ...(struck ? { variant: struck.name } : {}),
  })
}

function failureOf({ struck, isSecure, error }: Connection): string {
  if (struck?.variant.flaw === 'hangs') return 'the handshake was not answered'
  if (error) return `TLS failed: ${describeError(error)}`
  return `the client closed the connection ${isSecure ? 'after' : 'during'} the handshake`
}
