import http, { type RefinedResponse } from 'k6/http'
import {
  FlowFailure,
  replicaHeader,
  type Exchange,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
} from '../../../core/index.ts'
import { encodeBody } from '../../encode-body.ts'
import { goesOutside } from '../../goes-outside.ts'
import type { ScriptPlan } from './plan.ts'
import { utf8Text } from './utf8.ts'

const excerptLength = 500

export interface ClientOptions {
  readonly plan: ScriptPlan
  /** Of the actor; sent to the system, never to external sites. */
  readonly headers: Readonly<Record<string, string>>
  /** On all that k6 measures of these requests. */
  readonly tags: Readonly<Record<string, string>>
  /** Ms until the flow has to be done. */
  readonly leftMs: () => number
}

/** The client that flows get inside of k6: k6/http, with the answers and failures that flows know. */
export function k6Client(options: ClientOptions): HttpClient {
  const request = (given: HttpRequest) => send(given, options)
  return {
    request,
    get: (path: string, given: HttpOptions = {}) => request({ ...given, method: 'GET', path }),
    post: (path: string, body?: unknown, given: HttpOptions = {}) =>
      request({ ...given, method: 'POST', path, body }),
  }
}

async function send(request: HttpRequest, options: ClientOptions): Promise<HttpResponse> {
  const { plan, tags } = options
  const isOutside = goesOutside(request.path)
  const service = request.service ?? plan.entry
  const url = isOutside ? request.path : `${doorOf(plan, service)}${request.path}`
  const { body, contentType } = encodeBody(request.body)
  const traceId = hex(32)
  const headers = {
    ...(isOutside ? {} : options.headers),
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
    traceparent: `00-${traceId}-${hex(16)}-01`,
    ...request.headers,
  }
  const leftMs = options.leftMs()
  if (leftMs <= 0) throw new FlowFailure('timeout', `${request.method} ${url}: too late to be sent`)
  const answer = await http.asyncRequest(request.method, url, bodyOf(body), {
    headers,
    redirects: 0,
    responseType: 'binary',
    timeout: Math.ceil(leftMs),
    // Nobody remembers cookies: an actor's session is in its headers.
    jar: new http.CookieJar(),
    // Addresses with numbers in them would be as many metrics.
    tags: { ...tags, name: `${tags['flow'] ?? 'sign-in'} ${isOutside ? 'outside' : service}` },
  })
  return responseOf(answer, { method: request.method, url, traceId })
}

/** Header values are secrets: they stay out of what is kept of an exchange. */
function responseOf(
  answer: RefinedResponse<'binary'>,
  { method, url, traceId }: { method: string; url: string; traceId: string },
): HttpResponse {
  const known = { method, url, requestHeaders: {}, traceId, durationMs: answer.timings.duration }
  if (answer.status === 0) {
    const error = `${method} ${url}: ${answer.error}`
    throw new FlowFailure(symptomOf(answer.error_code), error, { ...known, error })
  }
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const bytes = new Uint8Array(answer.body ?? new ArrayBuffer(0))
  const text = () => utf8Text(bytes)
  const servedBy = headers[replicaHeader]
  const exchange: Exchange = {
    ...known,
    status: answer.status,
    responseBody: text().slice(0, excerptLength),
    ...(servedBy === undefined ? {} : { servedBy }),
  }
  return {
    status: answer.status,
    headers,
    bytes,
    exchange,
    text,
    json: () => {
      try {
        return JSON.parse(text()) as unknown
      } catch (error) {
        throw new FlowFailure(
          `${answer.status} but no JSON`,
          `${method} ${url} answered ${answer.status}, but no JSON`,
          exchange,
          error,
        )
      }
    },
  }
}

function doorOf(plan: ScriptPlan, service: string): string {
  const variable = plan.doors[service]
  if (variable === undefined) {
    throw new Error(
      `a flow asks for the service '${service}'; known are ${Object.keys(plan.doors).join(', ')}`,
    )
  }
  const url = __ENV[variable]
  if (!url) throw new Error(`say where '${service}' is: -e ${variable}=http://host:port`)
  return url.replace(/\/$/, '')
}

function bodyOf(body: string | Uint8Array | undefined): string | ArrayBuffer | null {
  if (body === undefined || typeof body === 'string') return body ?? null
  return body.slice().buffer
}

/** Source: grafana.com/docs/k6/latest/javascript-api/error-codes. */
function symptomOf(code: number): string {
  if (code === 1050 || code === 1211) return 'timeout'
  if (code === 1212) return 'connection refused'
  if (code === 1220) return 'connection reset'
  return `k6 error ${code}`
}

function hex(digits: number): string {
  let text = ''
  while (text.length < digits) text += Math.floor(Math.random() * 16).toString(16)
  return text
}
