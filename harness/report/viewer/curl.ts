import type { Exchange } from '../../core/index.ts'

const mask = '[redacted]'
/** Set by curl itself, or of one request only. */
const left = new Set(['content-length', 'connection', 'host', 'transfer-encoding'])

/** The request as a command to paste. Secrets are not in a journal: variables of the shell, named after the header, stand for them. */
export function curlOf(exchange: Exchange): string {
  const parts = [
    `curl -isS ${exchange.method === 'GET' ? '' : `-X ${exchange.method} `}${quoted(exchange.url)}`,
  ]
  for (const [name, value] of Object.entries(exchange.requestHeaders)) {
    if (left.has(name.toLowerCase())) continue
    parts.push(
      value === mask
        ? `-H ${quoted(`${name}: `)}"$${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}"`
        : `-H ${quoted(`${name}: ${value}`)}`,
    )
  }
  if (exchange.requestBody !== undefined) parts.push(`--data-raw ${quoted(exchange.requestBody)}`)
  return parts.join(' \\\n  ')
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
