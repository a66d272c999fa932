import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

import { describeError } from '../core/index.ts'
import { resetConnection } from './connection-reset.ts'
import { flushLateHeaders } from './late-headers.ts'
import { BrokenOff } from './variants/variant.ts'

/** How the note begins on a request that its client gave up. */
export const hungUp = 'the client hung up'
const hungUpDuring = `${hungUp} during the answer`

/** Sends the body at the pace of the client, after the head. Returns what went wrong on the way; never rejects. */
export async function sendBody(
  response: Response,
  isHead: boolean,
  answer: ServerResponse,
  left: AbortSignal,
): Promise<string | undefined> {
  if (!response.body || isHead) {
    await response.body?.cancel()
    answer.end()
    return undefined
  }
  const reader = response.body.getReader()
  // That the source objects to being cancelled is of no use to a client that left.
  const stop = (): void => void reader.cancel().catch(() => undefined)
  left.addEventListener('abort', stop, { once: true })
  let begun = false
  flushLateHeaders(answer, () => begun)
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      begun = true
      if (!answer.write(part.value)) await once(answer, 'drain', { signal: left })
    }
  } catch (error) {
    return left.aborted ? hungUpDuring : breakOff(error, answer)
  }
  if (left.aborted) return hungUpDuring
  answer.end()
  return undefined
}

function breakOff(error: unknown, answer: ServerResponse): string {
  if (error instanceof BrokenOff && error.how === 'close') {
    // What was written before goes out first.
    answer.socket?.destroySoon()
    return error.message
  }
  // Only a reset says that the body is not complete, whatever its framing.
  resetConnection(answer.socket)
  return error instanceof BrokenOff ? error.message : `the body broke off: ${describeError(error)}`
}
