import { createServer, type Server } from 'node:http'
import type { Duplex } from 'node:stream'

import { describeError } from '../core/index.ts'
import { sendFault } from './faults.ts'
import { hostOf } from './outside-gate.ts'
import type { Outside } from './outside.ts'
import { acceptTls, isDisconnect, leaveHanging } from './tls/accept.ts'
import type { CertificateAuthority } from './tls/authority.ts'
import { Tunnel } from './tunnel-state.ts'

/** First byte of a TLS handshake record (RFC 8446 §5.1). */
const tlsHandshake = 0x16
/** How long a tunnel to nowhere may stay silent; protocols in which the server speaks first would wait for ever. */
const silenceMs = 2_000

/** Takes connections after CONNECT, finds out from their first byte what is spoken on them, and ends TLS where it is. */
export class TunnelServer {
  readonly #outside: Outside
  readonly #authority: CertificateAuthority
  /** By the connection that requests arrive on: the tunnel itself, or the TLS connection inside of it. */
  readonly #byConnection = new WeakMap<Duplex, Tunnel>()
  readonly #open = new Set<Tunnel>()
  /** Never listens: connections are handed to it. */
  readonly #http: Server

  constructor(outside: Outside, authority: CertificateAuthority, keepAliveMs: number) {
    this.#outside = outside
    this.#authority = authority
    this.#http = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      noDelay: true,
    })
    this.#http.on('request', (request, answer) => {
      const tunnel = this.#byConnection.get(request.socket) as Tunnel
      const path = request.url ?? ''
      // The tunnel's authority decides; a Host header or a second authority in the target does not.
      const url = path.startsWith('/') ? URL.parse(path, tunnel.origin) : null
      if (url?.origin !== tunnel.origin) {
        tunnel.refuse(`not a path: ${path}`)
        return sendFault(answer, 400, 'inside of a tunnel the target of a request is a path')
      }
      tunnel.begin(answer)
      void outside.serve(url, tunnel.from, request, answer, tunnel.struck)
    })
    this.#http.on('clientError', (error, socket) => {
      const tunnel = this.#byConnection.get(socket)
      if (!isDisconnect(error)) tunnel?.refuse(`not HTTP: ${error.message}`)
      socket.destroy()
    })
  }

  accept(socket: Duplex, head: Buffer, from: string, authority: string): void {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    const tunnel = new Tunnel(this.#outside, socket, from, authority)
    this.#open.add(tunnel)
    const silence = tunnel.isToNowhere ? setTimeout(() => socket.destroy(), silenceMs) : undefined
    socket.once('close', () => {
      clearTimeout(silence)
      this.#open.delete(tunnel)
      tunnel.closed()
    })
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null
      if (first === null) return
      socket.unshift(first)
      if (first[0] === tlsHandshake) return this.#openTls(socket, tunnel)
      clearTimeout(silence)
      this.#handOver(socket, tunnel)
    })
  }

  /** Idle tunnels to the host are closed, the others after the answer that they are at. */
  close(host: string): void {
    for (const tunnel of this.#open) if (tunnel.host === host) tunnel.closeWhenIdle()
  }

  #handOver(connection: Duplex, tunnel: Tunnel): void {
    this.#byConnection.set(connection, tunnel)
    this.#http.emit('connection', connection)
  }

  #openTls(socket: Duplex, tunnel: Tunnel): void {
    tunnel.isEncrypted()
    const struck = this.#outside.strikeHandshake(new URL(tunnel.origin))
    tunnel.struck = struck
    if (struck?.variant.flaw === 'hangs') {
      tunnel.failure = 'the handshake was not answered'
      leaveHanging(socket, struck)
      return void socket.resume()
    }
    const flaw = struck?.variant.flaw
    // hostOf() leaves the brackets of an IPv6 address, which certificates do not have.
    const host = hostOf(new URL(tunnel.origin)).replaceAll(/[[\]]/g, '')
    acceptTls(socket, {
      answer: {
        secureContext: this.#authority.contextFor(host, flaw),
        SNICallback: (name, done) => done(null, this.#authority.contextFor(name || host, flaw)),
      },
      secured: (tls) => this.#handOver(tls, tunnel),
      failed: (error) => {
        if (!isDisconnect(error)) tunnel.failure ??= `TLS failed: ${describeError(error)}`
      },
      overdue: (note) => (tunnel.failure = note),
    })
  }
}
