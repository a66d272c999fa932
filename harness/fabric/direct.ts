import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'

import { sendFault } from './faults.ts'
import type { Outside } from './outside.ts'
import type { CertificateAuthority } from './tls/authority.ts'

/** Who has this IP address. */
export type CallerAt = (address: string) => string

/** Where programs arrive that know no proxy, and connect to what the name of a site resolves to. The Host header says which site they want. */
export function createDirectServer(outside: Outside, callerAt: CallerAt): Server {
  return createServer({ requestTimeout: 0, noDelay: true }, (request, answer) =>
    serveDirectly(outside, callerAt, 'http', request.headers.host, request, answer),
  )
}

/** The same under TLS, where the name asked for in the handshake (SNI) says which site is wanted. */
export function createDirectTlsServer(
  outside: Outside,
  callerAt: CallerAt,
  authority: CertificateAuthority,
): Server {
  const options = {
    requestTimeout: 0,
    noDelay: true,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name: string, done: (error: null, context: unknown) => void) => {
      const flaw = outside.strikeHandshake(new URL(`https://${name}/`))?.variant.flaw
      // Never answered, as the variant has it; the client's patience ends it.
      if (flaw !== 'hangs') done(null, authority.contextFor(name, flaw))
    },
  }
  return createTlsServer(options as object, (request, answer) => {
    const { servername } = request.socket as TLSSocket & { servername?: string | false }
    serveDirectly(outside, callerAt, 'https', servername || undefined, request, answer)
  })
}

function serveDirectly(
  outside: Outside,
  callerAt: CallerAt,
  scheme: 'http' | 'https',
  host: string | undefined,
  request: IncomingMessage,
  answer: ServerResponse,
): void {
  const from = callerAt(request.socket.remoteAddress ?? '')
  const url = URL.parse(request.url ?? '', `${scheme}://${host ?? ''}`)
  if (url) return void outside.serve(url, from, request, answer)
  sendFault(answer, 400, 'the request must name a site, in its Host header or by SNI')
}
