import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { describeError } from '../core/index.ts'
import { serveDirectly, type CallerAt } from './direct.ts'
import type { Outside } from './outside.ts'
import { acceptTls, leaveHanging } from './tls/accept.ts'
import type { CertificateAuthority } from './tls/authority.ts'
import type { Struck } from './variant-board.ts'
import type { TlsVariant } from './variants/variant.ts'

/** One connection, as far as the name said in its handshake (SNI) tells. */
interface Connection {
  host?: string
  struck?: Struck<TlsVariant> | undefined
  isSecure?: boolean
  isAsked?: boolean
  /** Why no request could come out of it. */
  failure?: string
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
    socket.once('close', () => recordFailure(outside, from, connection))
    openTls(socket, outside, authority, connection, (tls) => {
      connections.set(tls, connection)
      http.emit('connection', tls)
    })
  })
}

function openTls(
  socket: Socket,
  outside: Outside,
  authority: CertificateAuthority,
  connection: Connection,
  secured: (tls: Duplex) => void,
): void {
  const noLimit = acceptTls(socket, {
    answer: {
      SNICallback: (name, done) => {
        const url = URL.parse(`https://${name}/`)
        if (!url) return done(new Error(`not the name of a host: ${name}`))
        const struck = outside.strikeHandshake(url)
        Object.assign(connection, { host: url.hostname, struck })
        if (struck?.variant.flaw !== 'hangs') {
          return done(null, authority.contextFor(name, struck?.variant.flaw))
        }
        connection.failure = 'the handshake was not answered'
        noLimit()
        leaveHanging(socket, struck)
      },
    },
    secured: (tls) => {
      connection.isSecure = true
      secured(tls)
    },
    failed: (error) => (connection.failure ??= `TLS failed: ${describeError(error)}`),
    overdue: (note) => (connection.failure = note),
  })
}

/** A connection on which no name was said asked for nothing that could be told, and one in order that nothing was asked on is no request. */
function recordFailure(outside: Outside, from: string, connection: Connection): void {
  const { host, struck, isSecure, isAsked, failure } = connection
  if (host === undefined || isAsked || (isSecure && !struck)) return
  outside.record({
    from,
    method: 'CONNECT',
    url: `https://${host}/`,
    outcome: 'answered',
    note:
      failure ?? `the client closed the connection ${isSecure ? 'after' : 'during'} the handshake`,
    ...(struck ? { variant: struck.name } : {}),
  })
}
