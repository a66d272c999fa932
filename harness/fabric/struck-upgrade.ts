import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { replicaHeader } from '../core/index.ts'
import type { Meter } from './meter.ts'
import type { Strike } from './toxics/toxic.ts'
import { tunnelUpgrade } from './upgrade.ts'
import type { Upstream } from './upstream.ts'

/** A switch of protocols that HTTP toxics strike: held, answered otherwise, or asked for with other headers. What is said after it is no HTTP. */
export function tunnelStruck(
  client: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  upstream: Upstream,
  meter: Meter,
  strikes: readonly Strike[],
): void {
  const go = () => {
    const given = strikes.find(({ answer }) => answer)?.answer
    if (given) {
      meter.start()({ status: given.status })
      return void socket.end(answerText(given, upstream.address.id))
    }
    for (const { requestHeaders } of strikes) {
      if (requestHeaders) client.rawHeaders = requestHeaders(client.rawHeaders)
    }
    tunnelUpgrade(client, socket, head, upstream, meter)
  }
  const delayMs = strikes.reduce((ms, strike) => ms + (strike.delayMs ?? 0), 0)
  if (delayMs === 0) return go()
  const leave = () => {
    clearTimeout(timer)
    meter.start()('abandoned')
  }
  const timer = setTimeout(() => {
    socket.off('close', leave)
    go()
  }, delayMs)
  // An error is followed by the close.
  socket.on('error', () => socket.destroy())
  socket.once('close', leave)
}

function answerText(
  { status, type, body }: NonNullable<Strike['answer']>,
  replica: string,
): string {
  const headers = [
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    `${replicaHeader}: ${replica}`,
  ]
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('\r\n')}\r\n\r\n${body}`
}
