const names = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const values = /^[\t\x20-\x7e\x80-\xff]*$/
/** Origin form, as it goes out: nothing that could end the line. */
const targets = /^\/[\x21-\x7e]*$/
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** They say how the message is framed or what becomes of the connection: that is for undici to judge. */
const notCovered = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Fields as lines. Undefined for what is not to be sent in this way: a name or value that is none, a name twice, or one that frames the message. */
export function fieldLines(headers: Readonly<Record<string, string>>): string | undefined {
  let lines = ''
  const seen = new Set<string>()
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? ''
    const known = name.toLowerCase()
    if (!names.test(name) || !values.test(value) || notCovered.has(known) || seen.has(known)) {
      return undefined
    }
    seen.add(known)
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

/** Request line, `lines` and the length: all but the empty line at the end. Undefined when only undici can send it. */
export function requestHead(
  method: string,
  target: string,
  lines: string | undefined,
  bodyBytes: number | undefined,
): string | undefined {
  if (lines === undefined || !methods.has(method) || !targets.test(target)) return undefined
  // A request whose method expects a body says so when it has none (RFC 9110, 8.6).
  const isEmpty = method === 'POST' || method === 'PUT' || method === 'PATCH'
  const length = bodyBytes ?? (isEmpty ? 0 : undefined)
  return `${method} ${target} HTTP/1.1\r\n${lines}${length === undefined ? '' : `content-length: ${length}\r\n`}`
}
