import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

import { describeError } from '../core/index.ts'
import { resetConnection } from './connection-reset.ts'
import { noteOfFault } from './handler-fault.ts'
import { flushLateHeaders } from './late-headers.ts'
import { isLetGo } from './let-go.ts'
import { checkChunk } from './response-check.ts'
import { BrokenOff } from './variants/variant.ts'

/** How the note begins on a request that its client gave up. */
export const hungUp = 'the client hung up'
/** Above, the copy costs more than it saves. */
const maxTextBytes = 16 * 1024
const hungUpDuring = `${hungUp} during the answer`

/**
 * Sends the body at the pace of the client, after the head. Returns what went wrong on the way, a fault of the handler as `noteOfFault`
 * tells it; never rejects.
 */
export async function sendBody(
  response: Response,
  isHead: boolean,
  answer: ServerResponse,
  left: AbortSignal,
): Promise<string | undefined> {
  if (!response.body || isHead) {
    // Nobody is going to read it.
    response.body?.cancel().catch(() => undefined)
    return endBody(answer, isHead ? undefined : announced(response), 0)
  }
  const reader = (response.body as ReadableStream<unknown>).getReader()
  // That the source objects to being cancelled is of no use to a client that left.
  const stop = (): void => void reader.cancel().catch(() => undefined)
  left.addEventListener('abort', stop, { once: true })
  let sent = 0
  let begun = false
  flushLateHeaders(answer, () => begun)
  const first = new FirstPart(answer)
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const problem = checkChunk(part.value)
      if (problem) throw problem
      const bytes = part.value as Uint8Array
      sent += bytes.length
      if (!begun) first.hold(bytes)
      else {
        first.release()
        if (!answer.write(bytes)) await once(answer, 'drain', { signal: left })
      }
      begun = true
    }
  } catch (error) {
    if (left.aborted) return hungUpDuring
    stop()
    first.release()
    return breakOff(error, answer)
  }
  if (left.aborted) return hungUpDuring
  const note = endBody(answer, announced(response), sent, first)
  if (note !== undefined || sent <= maxTextBytes) return note
  await untilSent(answer)
  return left.aborted ? hungUpDuring : undefined
}

/** What is large waits for its client in this process: until the connection has taken it, the client may hang up. */
function untilSent(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (answer.writableFinished || answer.destroyed) return resolve()
    answer.once('finish', resolve)
    answer.once('close', resolve)
  })
}

/** Of a body: what its handler says that it is long. */
function announced({ headers }: Response): number | undefined {
  const text = headers.get('content-length')
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

/** A body of another length than was announced would leave its client waiting, or be taken for the next answer: the connection ends with it. */
function endBody(
  answer: ServerResponse,
  length: number | undefined,
  sent: number,
  first?: FirstPart,
): string | undefined {
  if (length === undefined || length === sent || isBodiless(answer.statusCode)) {
    if (first) first.end()
    else answer.end()
    return undefined
  }
  const { socket } = answer
  first?.release()
  answer.end()
  socket?.destroySoon()
  return `the body has ${sent} bytes, and its content-length says ${length}: the connection was closed`
}

/** Answers that end with their head, whatever it says of a body (RFC 9110 §6.4.1). */
function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304
}

/**
 * Holds the first part of a body until the tick is over: when it turns out to be all of it, as with most answers, it leaves with the
 * head in one write (and under TLS in one record), which costs a good deal less than three.
 */
class FirstPart {
  readonly #answer: ServerResponse
  #held: Uint8Array | undefined

  constructor(answer: ServerResponse) {
    this.#answer = answer
  }

  hold(part: Uint8Array): void {
    this.#held = part
    // After the promises that are settled already, and with them the end of a body that is all there.
    process.nextTick(() => this.release())
  }

  release(): void {
    const part = this.#held
    this.#held = undefined
    if (part && !this.#answer.destroyed) this.#answer.write(part)
  }

  end(): void {
    const part = this.#held
    this.#held = undefined
    if (!part) this.#answer.end()
    else if (part.length > maxTextBytes) this.#answer.end(part)
    // node:http joins a text with the head; bytes it would write for themselves.
    else this.#answer.end(asLatin1(part), 'latin1')
  }
}

function asLatin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}

function breakOff(error: unknown, answer: ServerResponse): string {
  if (error instanceof BrokenOff && error.how === 'close') {
    // What was written before goes out first.
    answer.socket?.destroySoon()
    return error.message
  }
  // Only a reset says that the body is not complete, whatever its framing.
  resetConnection(answer.socket)
  if (error instanceof BrokenOff) return error.message
  if (isLetGo(error)) return `the body broke off: ${describeError(error)}`
  // Without a reason it is meant, as HttpResponse.error() is.
  return error === undefined ? 'the body broke off' : noteOfFault(error)
}
