import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { sendFault } from './faults.ts'
import { keepAliveMs, type KeptConnections } from './kept-connections.ts'
import { tellMalformed } from './malformed.ts'
import { hostOf } from './outside-gate.ts'
import type { Outside } from './outside.ts'
import type { Struck } from './variant-board.ts'
import type { TlsVariant } from './variants/variant.ts'

/** Who has this IP address. */
export type CallerAt = (address: string) => string

/** What answers programs that know no proxy. */
export interface DirectSide {
  readonly outside: Outside
  readonly callerAt: CallerAt
  readonly kept: KeptConnections
}

/** Where programs arrive that know no proxy, and connect to what the name of a site resolves to. The Host header says which site they want. */
export function createDirectServer(side: DirectSide): Server {
  const options = { requestTimeout: 0, noDelay: true, keepAliveTimeout: keepAliveMs }
  const server = createServer(options, (request, answer) =>
    serveDirectly(side, `http://${request.headers.host ?? ''}`, request, answer),
  )
  tellMalformed(
    server,
    side.outside,
    ({ header }) => `http://${header('host') ?? ''}`,
    (_, socket) => side.callerAt((socket as Socket).remoteAddress ?? ''),
  )
  return server
}

/** Answers one request to the origin given; `handshake` is what struck the connection that it came on. */
export function serveDirectly(
  { outside, callerAt, kept }: DirectSide,
  origin: string,
  request: IncomingMessage,
  answer: ServerResponse,
  handshake?: Struck<TlsVariant>,
): void {
  const from = callerAt(request.socket.remoteAddress ?? '')
  const url = URL.parse(request.url ?? '', origin)
  if (url) {
    kept.begin(request.socket, hostOf(url), answer)
    return void outside.serve(url, from, request, answer, handshake)
  }
  sendFault(answer, 400, 'the request must name a site, in its Host header or by SNI')
}
