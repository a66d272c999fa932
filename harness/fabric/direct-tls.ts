import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { describeError } from '../core/index.ts'
import { serveDirectly, type DirectSide } from './direct.ts'
import { keepAliveMs } from './kept-connections.ts'
import { tellMalformed } from './malformed.ts'
import type { Outside } from './outside.ts'
import { acceptTls, isDisconnect, leaveHanging } from './tls/accept.ts'
import type { CertificateAuthority } from './tls/authority.ts'
import type { Struck } from './variant-board.ts'
import type { TlsVariant } from './variants/variant.ts'

/** One connection, as far as the name said in its handshake (SNI) tells. */
interface Connection {
  /** That the client connected to. */
  readonly address: string
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
  side: DirectSide,
  authority: CertificateAuthority,
  handshakeMs?: number,
): Server {
  const { outside, callerAt } = side
  const connections = new WeakMap<Duplex, Connection>()
  const options = { requestTimeout: 0, noDelay: true, keepAliveTimeout: keepAliveMs }
  const http = createHttpServer(options, (request, answer) => {
    const connection = connections.get(request.socket) ?? { address: '' }
    connection.isAsked = true
    const origin = `https://${connection.host ?? ''}`
    serveDirectly(side, origin, request, answer, connection.struck)
  })
  tellMalformed(
    http,
    outside,
    (_, socket) => `https://${connections.get(socket)?.host ?? ''}`,
    (_, socket) => callerAt((socket as Socket).remoteAddress ?? ''),
  )
  return createServer({ allowHalfOpen: true }, (socket) => {
    const from = callerAt(socket.remoteAddress ?? '')
    const connection: Connection = { address: socket.localAddress ?? '' }
    socket.once('close', () => recordFailure(outside, from, connection))
    const secured = (tls: Duplex): void => {
      connections.set(tls, connection)
      http.emit('connection', tls)
    }
    openTls(socket, { outside, authority, handshakeMs }, connection, secured)
  })
}

interface TlsSide {
  readonly outside: Outside
  readonly authority: CertificateAuthority
  /** How long a handshake may take; acceptTls() has its own idea. */
  readonly handshakeMs: number | undefined
}

function openTls(
  socket: Socket,
  { outside, authority, handshakeMs }: TlsSide,
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
    failed: (error) => {
      if (!isDisconnect(error)) connection.failure ??= `TLS failed: ${describeError(error)}`
    },
    overdue: (note) => (connection.failure = note),
    limitMs: handshakeMs,
  })
}

/** A connection in order that nothing was asked on is no request, nor is one that the client gave up before it named a site. */
function recordFailure(outside: Outside, from: string, connection: Connection): void {
  const { address, host, struck, isSecure, isAsked, failure } = connection
  if (isAsked || (isSecure && !struck)) return
  if (host === undefined) {
    if (failure === undefined) return
    const note = `no name in the handshake (SNI): ${failure}`
    return outside.record({
      from,
      method: 'CONNECT',
      url: `https://${address}/`,
      outcome: 'refused',
      note,
    })
  }
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
