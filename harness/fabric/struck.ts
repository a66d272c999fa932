import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import { replicaHeader } from '../core/index.ts'
import type { Passage } from './caller.ts'
import { decodedBody, headersOfBody } from './decoded-body.ts'
import { forward } from './forward.ts'
import { endToEndHeaders } from './hop-by-hop.ts'
import type { Strike } from './toxics/toxic.ts'
import type { Upstream } from './upstream.ts'

/** RFC 9110 §15.3.5, §15.3.6 and §15.4.5. */
const bodilessStatus = new Set([204, 205, 304])

/** Forwards a request that HTTP toxics strike. */
export async function forwardStruck(
  client: IncomingMessage,
  answer: ServerResponse,
  upstream: Upstream,
  passage: Passage,
  strikes: readonly Strike[],
): Promise<void> {
  const gone = new AbortController()
  answer.once('close', () => gone.abort())
  const hold = async (ms: number): Promise<boolean> => {
    // Ended by the client's going, which is what is looked at.
    if (ms > 0) await delay(ms, undefined, { signal: gone.signal }).catch(() => undefined)
    return !gone.signal.aborted
  }
  if (!(await hold(strikes.reduce((ms, { delayMs = 0 }) => ms + delayMs, 0)))) return
  const given = strikes.find((strike) => strike.answer)?.answer
  if (given) return answerWith(given, client, answer, upstream.address.id)
  for (const { requestHeaders } of strikes) {
    if (requestHeaders) client.rawHeaders = requestHeaders(client.rawHeaders)
  }
  const sentMs = performance.now()
  const factor = strikes.reduce((product, strike) => product * (strike.factor ?? 1), 1)
  forward(client, answer, upstream, passage, (incoming) => {
    const holdMs = (performance.now() - sentMs) * (factor - 1)
    void hold(holdMs).then((isThere) => {
      if (isThere) return relayStruck(incoming, client, answer, upstream.address.id, strikes)
      incoming.destroy()
      return undefined
    })
  })
}

function answerWith(
  { status, type, body }: NonNullable<Strike['answer']>,
  client: IncomingMessage,
  answer: ServerResponse,
  replica: string,
): void {
  const hasBody = !bodilessStatus.has(status)
  answer.writeHead(status, {
    ...(hasBody ? { 'content-type': type, 'content-length': Buffer.byteLength(body) } : {}),
    ...(status === 205 ? { 'content-length': 0 } : {}),
    [replicaHeader]: replica,
    // What was not read of the body would stand before the next request.
    ...(client.complete ? {} : { connection: 'close' }),
  })
  answer.end(hasBody ? body : undefined)
}

async function relayStruck(
  incoming: IncomingMessage,
  client: IncomingMessage,
  answer: ServerResponse,
  replica: string,
  strikes: readonly Strike[],
): Promise<void> {
  const status = incoming.statusCode ?? 502
  const edits = strikes.flatMap(({ answerBody }) => answerBody ?? [])
  const hasBody = client.method !== 'HEAD' && !bodilessStatus.has(status)
  const isChanged = edits.length > 0 && hasBody
  const dropped = [replicaHeader, ...(isChanged ? headersOfBody : [])]
  const headers = strikes.reduce(
    (list, { answerHeaders }) => answerHeaders?.(list) ?? list,
    endToEndHeaders(incoming, dropped),
  )
  headers.push(replicaHeader, replica)
  answer.sendDate = false
  if (!isChanged) {
    answer.writeHead(status, incoming.statusMessage ?? '', headers)
    pipeline(incoming, answer, () => undefined)
    return
  }
  let body: Buffer = Buffer.alloc(0)
  try {
    body = edits.reduce<Buffer>((bytes, edit) => edit(bytes), await buffer(decodedBody(incoming)))
  } catch {
    // The replica broke off, which is counted where it is seen; the caller is to see the same.
    answer.destroy()
    return
  }
  if (answer.destroyed) return
  headers.push('content-length', String(body.length))
  answer.writeHead(status, incoming.statusMessage ?? '', headers)
  answer.end(body)
}
