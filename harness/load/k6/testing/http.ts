import { readFileSync } from 'node:fs'
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { buffer } from 'node:stream/consumers'
import { once } from 'node:events'

interface Params {
  readonly headers?: Record<string, string>
  readonly tags?: Record<string, string>
  readonly timeout?: number
  readonly redirects?: number
  readonly responseType?: string
}

type Point = (metric: string, value: number, tags?: Record<string, string>) => void

const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY = '', SSL_CERT_FILE } = process.env
/** As Go reads them: nothing on loopback goes by a proxy, and https goes by CONNECT, with authorities of the file in place of the system's. */
const kept = {
  keepAlive: true,
  proxyEnv: { HTTP_PROXY, HTTPS_PROXY, NO_PROXY: `localhost,127.0.0.1,${NO_PROXY}` },
}
const agent = new http.Agent(kept)
const tlsAgent = new https.Agent({
  ...kept,
  ...(SSL_CERT_FILE ? { ca: readFileSync(SSL_CERT_FILE) } : {}),
})
const errorCodes: Readonly<Record<string, number>> = {
  ECONNREFUSED: 1212,
  ECONNRESET: 1220,
  SELF_SIGNED_CERT_IN_CHAIN: 1310,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 1310,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 1310,
  ERR_TLS_CERT_ALTNAME_INVALID: 1311,
}

/** http.asyncRequest of k6: never throws, and tells the metrics in k6's order. */
export function request(point: Point) {
  return async (method: string, url: string, body: string | ArrayBuffer | null, params: Params) => {
    const { tags = {}, timeout = 60_000 } = params
    const began = performance.now()
    const answer = await exchange(method, url, body, params, timeout).catch((error: Error) => error)
    const duration = performance.now() - began
    const isAnswer = !(answer instanceof Error)
    const status = isAnswer ? answer.status : 0
    const all = { method, url, status: String(status), name: url, ...tags }
    point('http_reqs', 1, all)
    for (const name of [
      'duration',
      'blocked',
      'connecting',
      'tls_handshaking',
      'sending',
      'waiting',
      'receiving',
    ]) {
      const isWhole = name === 'duration' || name === 'waiting'
      point(`http_req_${name}`, isWhole ? duration : 0, all)
    }
    point('http_req_failed', status >= 200 && status < 400 ? 0 : 1, all)
    const known = { url, status, timings: { duration } }
    if (isAnswer) {
      const { headers, bytes } = answer
      return { ...known, headers: canonical(headers), body: bytes, error: '', error_code: 0 }
    }
    const { code = '', message } = answer as NodeJS.ErrnoException
    const error_code = code === 'ABORT_ERR' ? 1050 : (errorCodes[code] ?? 1000)
    return { ...known, headers: {}, body: null, error: message, error_code }
  }
}

async function exchange(
  method: string,
  url: string,
  body: string | ArrayBuffer | null,
  { headers = {} }: Params,
  timeoutMs: number,
) {
  const signal = AbortSignal.timeout(timeoutMs)
  const sent = url.startsWith('https:')
    ? https.request(url, { agent: tlsAgent, method, headers, signal })
    : http.request(url, { agent, method, headers, signal })
  sent.end(body === null ? undefined : typeof body === 'string' ? body : new Uint8Array(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const bytes = Uint8Array.from(await buffer(answer)).buffer
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes }
}

/** As Go writes them: 'Content-Type'. */
function canonical(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
      String(value),
    ]),
  )
}
