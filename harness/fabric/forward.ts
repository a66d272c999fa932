import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'

import { describeError, replicaHeader } from '../core/index.ts'
import type { Passage } from './caller.ts'
import { ConnectionCut, resetConnection } from './connection-reset.ts'
import { sendFault } from './faults.ts'
import { announcesBody, endToEndHeaders } from './hop-by-hop.ts'
import { flushLateHeaders } from './late-headers.ts'
import type { Upstream } from './upstream.ts'

/** RFC 9110 §9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])
/** Methods for which Node announces no body by itself. */
const bodiless = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'])
const staleConnectionCodes = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/**
 * Sends the request to the replica and its answer back, both as streams. When the client goes, so does the request to the
 * replica; when the replica breaks off, so does the answer. Nothing is answered before the replica is, but for 502 when it is not.
 * `relayAnswer` does the sending back, where that is not to be done as it is.
 */
export function forward(
  client: IncomingMessage,
  answer: ServerResponse,
  upstream: Upstream,
  passage: Passage,
  relayAnswer?: (incoming: IncomingMessage) => void,
): void {
  const hasBody = announcesBody(client)
  const options = upstreamOptions(client, upstream)
  const mayRepeat = !hasBody && idempotent.has(client.method ?? '')
  let request: ClientRequest
  let gone = false

  const send = (connection: RequestOptions): void => {
    request = httpRequest({ ...options, ...connection })
    let answered = false
    let isSent = false
    if (mayRepeat) afterNextPoll(() => (isSent = true))
    request.on('response', (incoming) => {
      answered = true
      // When the client went, this is our own abort; the end of its connection comes first then.
      incoming.once('error', () => {
        if (!gone) passage.failed = true
      })
      if (relayAnswer) relayAnswer(incoming)
      else relay(incoming, answer, upstream.address.id)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // After the answer began, relay() sees the same break; after the client went, this is our own abort.
      if (answered || gone) return
      // The replica closed a kept connection while the request was on its way: no fault of its, so once more on a new one.
      if (mayRepeat && request.reusedSocket && isUnread(error, isSent)) {
        return send({ createConnection: () => upstream.connect() })
      }
      failed(client, answer, upstream, passage, error)
    })
    if (!hasBody) return void request.end()
    request.flushHeaders()
    client.pipe(request)
  }

  answer.once('close', () => {
    if (answer.writableFinished) return
    gone = true
    request.destroy()
  })
  send({ agent: upstream.agent })
}

/**
 * Whether the replica closed the connection before it read the request. What a replica has not read it resets, which the system tells. That it
 * had closed before is seen before anything that it does with the request: an end that comes later is one that it made of the request.
 */
function isUnread({ code = '', syscall }: NodeJS.ErrnoException, isSent: boolean): boolean {
  return staleConnectionCodes.has(code) && (syscall !== undefined || !isSent)
}

/** Once all is told that had happened by now: the poll that is under way may not see it yet. */
function afterNextPoll(then: () => void): void {
  setImmediate(() => setImmediate(then))
}

function upstreamOptions(client: IncomingMessage, { address }: Upstream): RequestOptions {
  // Node has already answered `Expect: 100-continue`.
  const headers = endToEndHeaders(client, ['expect', replicaHeader])
  // Given as a list, headers are sent as they are, and framing is ours to say.
  if (client.headers['transfer-encoding'] !== undefined)
    headers.push('Transfer-Encoding', 'chunked')
  else if (client.headers['content-length'] === undefined && !bodiless.has(client.method ?? '')) {
    headers.push('Content-Length', '0')
  }
  return {
    host: address.host,
    port: address.port,
    method: client.method ?? 'GET',
    path: client.url ?? '/',
    headers,
    setHost: false,
  }
}

function relay(incoming: IncomingMessage, answer: ServerResponse, replica: string): void {
  const headers = endToEndHeaders(incoming, [replicaHeader])
  headers.push(replicaHeader, replica)
  answer.sendDate = false
  answer.writeHead(incoming.statusCode ?? 502, incoming.statusMessage ?? '', headers)
  let begun = false
  incoming.once('data', () => (begun = true))
  flushLateHeaders(answer, () => begun)
  // Its errors are seen on both ends; it carries the end of either one to the other.
  pipeline(incoming, answer, () => undefined)
}

function failed(
  client: IncomingMessage,
  answer: ServerResponse,
  { address }: Upstream,
  passage: Passage,
  error: Error,
): void {
  passage.failed = true
  client.unpipe()
  if (error instanceof ConnectionCut) {
    return error.how === 'reset' ? resetConnection(client.socket) : void client.socket.destroy()
  }
  const where = `${address.id} (${address.host}:${address.port})`
  sendFault(answer, 502, `${where} did not answer: ${describeError(error)}`, {
    [replicaHeader]: address.id,
    // What is left of the body is not worth reading.
    ...(client.complete ? {} : { connection: 'close' }),
  })
}
