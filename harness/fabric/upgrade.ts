import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { describeError, replicaHeader } from '../core/index.ts'
import { ConnectionCut } from './connection-reset.ts'
import { endWithFault } from './faults.ts'
import { endToEndHeaders } from './hop-by-hop.ts'
import type { Meter } from './meter.ts'
import type { Upstream } from './upstream.ts'

/** Asks the replica to switch protocols and, if it does, joins the two connections until either ends. */
export function tunnelUpgrade(
  client: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  upstream: Upstream,
  meter: Meter,
): void {
  const { address } = upstream
  const end = meter.start()
  const protocol = client.headers.upgrade ?? 'websocket'
  const request = httpRequest({
    createConnection: () => upstream.connect(),
    method: client.method ?? 'GET',
    path: client.url ?? '/',
    headers: [
      ...endToEndHeaders(client, [replicaHeader]),
      'Connection',
      'Upgrade',
      'Upgrade',
      protocol,
    ],
    setHost: false,
  })
  request.on('upgrade', (incoming, far, farHead) => {
    end({ status: 101 })
    socket.write(
      statusAndHeaders(incoming, address.id, ['Connection', 'Upgrade', 'Upgrade', protocol]),
    )
    if (farHead.length > 0) socket.write(farHead)
    if (head.length > 0) far.write(head)
    join(socket, far)
  })
  request.on('response', (incoming) => {
    end({ status: incoming.statusCode ?? 502 })
    // Declined: the body ends with the connection, so that its framing need not be repeated.
    socket.write(statusAndHeaders(incoming, address.id, ['Connection', 'close']))
    incoming.on('error', () => socket.destroy())
    incoming.pipe(socket)
  })
  request.on('error', (error) => {
    end(socket.destroyed ? 'abandoned' : 'error')
    if (socket.destroyed) return
    if (error instanceof ConnectionCut) return void socket.destroy()
    const message = `${address.id} (${address.host}:${address.port}) did not answer: ${describeError(error)}`
    endWithFault(socket, 502, message, { [replicaHeader]: address.id })
  })
  // Errors need no word of their own: the close that follows them is what counts.
  socket.on('error', () => socket.destroy())
  socket.once('close', () => request.destroy())
  request.end()
}

function statusAndHeaders(
  message: IncomingMessage,
  replica: string,
  connection: readonly string[],
): string {
  const headers = [
    ...endToEndHeaders(message, [replicaHeader]),
    ...connection,
    replicaHeader,
    replica,
  ]
  let text = `HTTP/1.1 ${message.statusCode} ${message.statusMessage}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}

/** Each side's end is passed on; when one breaks, the other is cut. */
function join(near: Duplex, far: Duplex): void {
  near.pipe(far)
  far.pipe(near)
  near.once('close', () => far.destroy())
  far.once('close', () => near.destroy())
  far.on('error', () => near.destroy())
}
