import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'

import { replicaHeader } from '../core/index.ts'
import { Caller } from './caller.ts'
import { forward } from './forward.ts'
import { endWithFault, sendFault } from './faults.ts'
import type { Meter } from './meter.ts'
import { tunnelStruck } from './struck-upgrade.ts'
import { forwardStruck } from './struck.ts'
import type { ToxicBoard } from './toxic-board.ts'
import { tunnelUpgrade } from './upgrade.ts'
import type { Upstreams } from './upstream.ts'

/** Names and values of a request together; Node's default is half of it. */
const maxHeaderBytes = 32 * 1024
/** Longer than any pause of a flow, so that clients find their connections open. */
const keepAliveMs = 60_000

/**
 * A reverse proxy over the replicas of `service`, HTTP/1.1 and websockets. It adds one header to answers and takes it off requests,
 * never fails over to another replica (that would hide a broken one), and has no time limits of its own. `toxics` may have it otherwise.
 * `caller`: the replica that asks, where that is known.
 */
export function createReplicaProxy(
  service: string,
  upstreams: Upstreams,
  meter: Meter,
  toxics: ToxicBoard,
  caller = '',
): Server {
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
    noDelay: true,
    // Other protocols (h2c, which some clients offer to everyone) are declined by going on in HTTP/1.1.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  })
  const noReplica = `no replica of ${service} takes traffic right now`
  const callers = new WeakMap<Socket, Caller>()
  server.on('connection', (socket: Socket) => {
    callers.set(socket, new Caller(socket, meter, toxics, caller))
  })
  server.on('request', (request, answer) => {
    const passage = (callers.get(request.socket) as Caller).begin(answer)
    const upstream = upstreams.next(request.headers[replicaHeader])
    const strikes = upstream && toxics.strikes(request, upstream.address.id, caller)
    if (upstream && strikes) return void forwardStruck(request, answer, upstream, passage, strikes)
    if (upstream) return forward(request, answer, upstream, passage)
    passage.failed = true
    sendFault(answer, 503, noReplica)
  })
  server.on('upgrade', (request, socket, head) => {
    const upstream = upstreams.next(request.headers[replicaHeader])
    const strikes = upstream && toxics.strikes(request, upstream.address.id, caller)
    if (strikes) return tunnelStruck(request, socket, head, upstream, meter, strikes)
    if (upstream) return tunnelUpgrade(request, socket, head, upstream, meter)
    meter.start()('error')
    endWithFault(socket, 503, noReplica)
  })
  return server
}
