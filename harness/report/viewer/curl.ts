import type { Exchange } from '../../core/index.ts'

const mask = '[redacted]'
/** Set by curl itself, or of one request only. */
const left = new Set(['content-length', 'connection', 'host', 'transfer-encoding'])

/** The shell variable that stands for a header in the command, for each header whose value is a secret. */
export function variablesOf({
  requestHeaders,
}: Exchange): readonly [header: string, variable: string][] {
  return Object.entries(requestHeaders).flatMap(([name, value]) =>
    value === mask ? [[name, variableOf(name)] as [string, string]] : [],
  )
}

/**
 * The request as a command to paste. Secrets are not in a journal: variables of the shell, named after the header, stand for them, and a shell
 * that has them not says so. Neither are bodies that are binary or long: a comment before the command says so, and the body is left away
 * rather than sent as something else.
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
        ? `-H ${quoted(`${name}: `)}"\${${variableOf(name)}:?}"`
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

/** Whether a secret was taken out of the body. */
export function hidesInBody({ requestBody = '' }: Exchange): boolean {
  return requestBody.includes(mask)
}

/** What the journal holds in place of a body; undefined where it is the body. The forms are those of `excerptOf` in harness/load. */
function whyNotWhole(body: string): string | undefined {
  const size = /^\d+ bytes(?: of [\w.+/-]+)?/.exec(body)?.[0]
  if (size !== undefined) return `the journal holds its size only, ${size}`
  const cut = /… \((\d+ bytes)\)$/.exec(body)?.[1]
  if (cut !== undefined) return `the journal holds only its beginning, of ${cut}`
  return body.includes(mask) ? `a secret in it was taken out` : undefined
}

function variableOf(header: string): string {
  return header.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
