import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'

import { endWithFault, sendFault } from './faults.ts'
import { keepAliveMs } from './kept-connections.ts'
import { tellMalformed } from './malformed.ts'
import type { Outside } from './outside.ts'
import { refusedPath, takeReport } from './refused-report.ts'
import { authenticate } from './secrets.ts'
import type { CertificateAuthority } from './tls/authority.ts'
import { TunnelServer } from './tunnel.ts'

const challenge = { 'proxy-authenticate': 'Basic realm="aftershock"' }
const unauthorised = 'the proxy needs the user name and password of a replica or of an actor'
/** Of a name that was not found (RFC 9209 §2.3.2). */
const lookupStatus = 502

/** The proxy, and what to tell it when a host changes its ways. */
export interface OutsideProxy {
  readonly server: Server
  /** Closes tunnels to the host in which nothing goes on, and the others when it is over. */
  closeTunnels(host: string): void
}

/**
 * The proxy through which the system reaches the outside: requests in absolute form, and CONNECT, through which
 * https goes, and with Node's fetch http as well. Nothing that arrives here ever leaves the machine.
 */
export function createOutsideProxy(
  outside: Outside,
  callers: Readonly<Record<string, string>>,
  authority: CertificateAuthority,
): OutsideProxy {
  const server = createServer({ requestTimeout: 0, noDelay: true, keepAliveTimeout: keepAliveMs })
  const tunnels = new TunnelServer(outside, authority, keepAliveMs)
  const callerOf = rememberingCallers(callers)

  server.on('request', (request, answer) => {
    if (request.url === refusedPath) return void takeReport(outside, request, answer, callerOf)
    const url = URL.parse(request.url ?? '')
    if (!url?.host) {
      const how = 'this is a proxy: ask it for http://host/path, or CONNECT host:port'
      return sendFault(answer, 400, how)
    }
    const from = callerOf(request)
    if (from === undefined) {
      recordUnknown(outside, request, url)
      return sendFault(answer, 407, unauthorised, challenge)
    }
    const failure = outside.failLookup(url, from, request.method ?? 'GET', lookupStatus)
    if (failure === undefined) return void outside.serve(url, from, request, answer)
    sendFault(answer, lookupStatus, lookupText(url, failure), proxyStatus(failure))
  })
  server.on('connect', (request, socket, head) => {
    // Errors need no word of their own: the close that follows them is what counts.
    socket.on('error', () => socket.destroy())
    const url = parseAuthority(request.url ?? '')
    if (!url) return endWithFault(socket, 400, 'CONNECT needs host:port')
    const from = callerOf(request)
    if (from === undefined) {
      recordUnknown(outside, request, url)
      return endWithFault(socket, 407, unauthorised, challenge)
    }
    const failure = outside.failLookup(url, from, 'CONNECT', lookupStatus)
    if (failure === undefined) return tunnels.accept(socket, head, from, request.url ?? '')
    endWithFault(socket, lookupStatus, lookupText(url, failure), proxyStatus(failure))
  })
  tellMalformed(
    server,
    outside,
    () => undefined,
    ({ header }, socket) =>
      callerOf({ socket, headers: { 'proxy-authorization': header('proxy-authorization') } }) ??
      'unknown',
  )
  return { server, closeTunnels: (host) => tunnels.close(host) }
}

interface Asking {
  readonly socket: Duplex
  readonly headers: { readonly 'proxy-authorization'?: string | undefined }
}

/** Who asks, by their credentials. A kept connection brings the same ones with each request: they are checked once. */
function rememberingCallers(
  callers: Readonly<Record<string, string>>,
): (request: Asking) => string | undefined {
  const known = new WeakMap<Duplex, { readonly credentials: string; readonly caller: string }>()
  return ({ socket, headers }) => {
    const credentials = headers['proxy-authorization']
    if (credentials === undefined) return undefined
    const last = known.get(socket)
    if (last?.credentials === credentials) return last.caller
    const caller = authenticate(credentials, callers)
    if (caller !== undefined) known.set(socket, { credentials, caller })
    return caller
  }
}

function recordUnknown(outside: Outside, request: IncomingMessage, url: URL): void {
  const method = request.method ?? 'GET'
  const note = 'wrong or missing proxy credentials'
  outside.record({ from: 'unknown', method, url: url.href, outcome: 'refused', status: 407, note })
}

function lookupText(url: URL, responseCode: string): string {
  return `the name ${url.hostname} was not found: ${responseCode}`
}

function proxyStatus(responseCode: string): Record<string, string> {
  return { 'proxy-status': `aftershock; error=dns_error; rcode="${responseCode}"` }
}

/** `host:port` as a URL; https for its default port. */
function parseAuthority(authority: string): URL | undefined {
  if (!/^[^/?#@\s]+:\d{1,5}$/.test(authority)) return undefined
  const scheme = authority.endsWith(':443') ? 'https' : 'http'
  return URL.parse(`${scheme}://${authority}/`) ?? undefined
}
