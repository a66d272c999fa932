import type { Exchange } from '../../core/index.ts'

const mask = '[redacted]'
/** Set by curl itself, or of one request only. */
const left = new Set(['content-length', 'connection', 'host', 'transfer-encoding'])

/**
 * The request as a command to paste. Secrets are not in a journal: variables of the shell, named after the header, stand for them. Neither are
 * bodies that are binary or long: a comment before the command says so, and the body is left away rather than sent as something else.
 */
export function curlOf(exchange: Exchange): string {
  const { requestBody } = exchange
  const why = requestBody === undefined ? undefined : whyNotWhole(requestBody)
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
  if (requestBody !== undefined && why === undefined)
    parts.push(`--data-raw ${quoted(requestBody)}`)
  const command = parts.join(' \\\n  ')
  return why === undefined
    ? command
    : `# the body is not part of this command: ${why}; add --data-binary @FILE\n${command}`
}

/** What the journal holds in place of a body; undefined where it is the body. The forms are those of `excerptOf` in harness/load. */
function whyNotWhole(body: string): string | undefined {
  const size = /^\d+ bytes(?: of [\w.+/-]+)?/.exec(body)?.[0]
  if (size !== undefined) return `the journal holds its size only, ${size}`
  const cut = /… \((\d+ bytes)\)$/.exec(body)?.[1]
  if (cut !== undefined) return `the journal holds only its beginning, of ${cut}`
  return body.includes(mask) ? `a secret in it was taken out` : undefined
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
