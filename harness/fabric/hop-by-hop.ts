import type { IncomingMessage } from 'node:http'

/** Headers that concern one connection only and must not be forwarded (RFC 9110 §7.6.1), and the proxy's own credentials (§11.7). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The message's headers as a flat list of names and values, in their order and spelling, repeated ones kept,
 * without hop-by-hop headers, those that `Connection` names, and the ones in `without` (lower case).
 */
export function endToEndHeaders(
  message: IncomingMessage,
  without: readonly string[] = [],
): string[] {
  const dropped = new Set([...without, ...namedByConnection(message)])
  const kept: string[] = []
  const raw = message.rawHeaders
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const lower = name.toLowerCase()
    if (!hopByHop.has(lower) && !dropped.has(lower)) kept.push(name, raw[i + 1] as string)
  }
  return kept
}

function namedByConnection(message: IncomingMessage): string[] {
  const { connection } = message.headers
  if (connection === undefined) return []
  // Host and the length of the body are no connection's own: a request must not lose them by naming them.
  return connection
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== 'host' && token !== 'content-length')
}

/** Whether a request announces a body (RFC 9112 §6.3). */
export function announcesBody(message: IncomingMessage): boolean {
  return (
    message.headers['transfer-encoding'] !== undefined ||
    (message.headers['content-length'] ?? '0') !== '0'
  )
}
