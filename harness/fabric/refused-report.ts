import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import { sendFault } from './faults.ts'
import type { Outside } from './outside.ts'

/** Where the connect guard of a program says what it did not let out: POST {"url"}, with the credentials of the proxy. */
export const refusedPath = '/refused'

const maxBodyBytes = 4_096

/** Records what somebody asked for without the proxy. */
export async function takeReport(
  outside: Outside,
  request: IncomingMessage,
  answer: ServerResponse,
  callerOf: (request: IncomingMessage) => string | undefined,
): Promise<void> {
  const from = callerOf(request)
  if (from === undefined) return sendFault(answer, 407, 'only who may use the proxy may report')
  const url = await readUrl(request)
  if (!url) return sendFault(answer, 400, 'a report is {"url": "tcp://host:port/"}')
  outside.record({
    from,
    method: url.protocol === 'dns:' ? 'LOOKUP' : 'CONNECT',
    url: url.href,
    outcome: 'refused',
    note: 'went past the proxy',
  })
  answer.writeHead(204).end()
}

async function readUrl(request: IncomingMessage): Promise<URL | undefined> {
  if (Number(request.headers['content-length'] ?? maxBodyBytes + 1) > maxBodyBytes) return undefined
  try {
    const { url } = JSON.parse(await text(request)) as { url?: unknown }
    return typeof url === 'string' ? (URL.parse(url) ?? undefined) : undefined
  } catch {
    // Cut off or no JSON: there is nothing to record.
    return undefined
  }
}
