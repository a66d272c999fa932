import { randomBytes } from 'node:crypto'
import { Agent, ProxyAgent, request as send, type Dispatcher } from 'undici'
import {
  FlowFailure,
  HarnessError,
  describeError,
  replicaHeader,
  type Exchange,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type Redactor,
} from '../core/index.ts'
import { encodeBody } from './encode-body.ts'
import { goesOutside } from './goes-outside.ts'

const excerptBytes = 2_048
export const maxBodyBytes = 32 * 1_024 * 1_024

export interface HttpConnectionsOptions {
  /** Front door of each service, without a slash at the end. */
  readonly frontDoors: Readonly<Record<string, string>>
  readonly entry: string
  /** Proxy to the mocked external sites, credentials in the URL. */
  readonly proxyUrl: string
  /** Of the authority that vouches for the external sites over https, as PEM. */
  readonly caCertificate?: string
  readonly redactor: Redactor
  /** Sockets per front door at most. Default 64. */
  readonly connections?: number
}

/** The kept-alive connections that all clients of a run share. Dispose it to close them. */
export class HttpConnections implements AsyncDisposable {
  readonly #options: HttpConnectionsOptions
  readonly #direct: Dispatcher
  readonly #proxied: Dispatcher

  constructor(options: HttpConnectionsOptions) {
    this.#options = options
    const limits = { connections: options.connections ?? 64, pipelining: 1 }
    this.#direct = new Agent(limits)
    this.#proxied = proxyOf(options, limits)
  }

  /** A client that sends `headers` with every request to the system (never to external sites), each request bounded by `signal`. */
  client(headers: Readonly<Record<string, string>>, signal: AbortSignal): HttpClient {
    const exchange = (request: HttpRequest) => this.#exchange(request, headers, signal)
    return {
      request: exchange,
      get: (path: string, options: HttpOptions = {}) =>
        exchange({ ...options, method: 'GET', path }),
      post: (path: string, body?: unknown, options: HttpOptions = {}) =>
        exchange({ ...options, method: 'POST', path, body }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#direct.destroy(), this.#proxied.destroy()])
  }

  async #exchange(
    request: HttpRequest,
    actorHeaders: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const isOutside = goesOutside(request.path)
    const url = isOutside ? request.path : this.#frontDoor(request) + request.path
    const traceId = traceIdIn(request.headers) ?? randomBytes(16).toString('hex')
    const { body, contentType } = encodeBody(request.body)
    const headers = {
      ...(isOutside ? {} : actorHeaders),
      ...(contentType ? { 'content-type': contentType } : {}),
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
      ...request.headers,
    }
    const started = performance.now()
    const known = () => ({
      method: request.method,
      url,
      requestHeaders: this.#options.redactor.headers(headers),
      ...(body === undefined ? {} : { requestBody: this.#excerpt(body, contentType) }),
      traceId,
      durationMs: performance.now() - started,
    })
    try {
      const answer = await send(url, {
        method: request.method,
        headers,
        body: body ?? null,
        signal,
        dispatcher: isOutside ? this.#proxied : this.#direct,
      })
      const bytes = await readAll(answer.body)
      const answerHeaders = flatten(answer.headers)
      return responseOf(this.#options.redactor, bytes, answer.statusCode, answerHeaders, () => ({
        ...known(),
        status: answer.statusCode,
        responseHeaders: this.#options.redactor.headers(answerHeaders),
        responseBody: this.#excerpt(bytes, answerHeaders['content-type']),
        ...servedBy(answerHeaders),
      }))
    } catch (error) {
      throw isOfFlow(error) ? error : this.#failure(error, known(), signal)
    }
  }

  #frontDoor({ service = this.#options.entry }: HttpRequest): string {
    const url = this.#options.frontDoors[service]
    if (url === undefined) {
      throw new HarnessError('INVALID_SCENARIO', `a flow asks for the service '${service}'`, {
        hint: `the stack has ${Object.keys(this.#options.frontDoors).join(', ')}`,
      })
    }
    return url
  }

  #failure(error: unknown, exchange: Exchange, signal: AbortSignal): FlowFailure {
    const symptom = signal.aborted ? 'timeout' : symptomOf(error)
    const text = `${exchange.method} ${exchange.url}: ${signal.aborted ? 'no complete answer in time' : describeError(error)}`
    return new FlowFailure(symptom, text, { ...exchange, error: text }, error)
  }

  #excerpt(body: Uint8Array | string, contentType = ''): string {
    return excerptOf(this.#options.redactor, body, contentType)
  }
}

/** The way to the external sites. */
export function proxyOf(
  { proxyUrl, caCertificate }: Pick<HttpConnectionsOptions, 'proxyUrl' | 'caCertificate'>,
  limits: { readonly connections: number; readonly pipelining: number },
): Dispatcher {
  const { origin, username, password } = new URL(proxyUrl)
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return new ProxyAgent({
    ...limits,
    uri: origin,
    token: `Basic ${Buffer.from(credentials).toString('base64')}`,
    proxyTunnel: false,
    ...(caCertificate === undefined ? {} : { requestTls: { ca: caCertificate } }),
  })
}

/** Of a request that is a part of a trace already. */
export function traceIdIn(headers: HttpRequest['headers']): string | undefined {
  return /^00-([0-9a-f]{32})-/.exec(headers?.['traceparent'] ?? '')?.[1]
}

/** The beginning of a text without secrets; of anything else its size. */
export function excerptOf(
  redactor: Redactor,
  body: Uint8Array | string,
  contentType: string,
): string {
  const size = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  if (typeof body !== 'string' && !/text|json|xml|urlencoded/.test(contentType)) {
    return `${size} bytes${contentType ? ` of ${contentType}` : ''}`
  }
  // Redacted before it is cut: a secret that straddles the cut would no longer be recognised.
  const text = redactor.text(typeof body === 'string' ? body : new TextDecoder().decode(body))
  return text.length > excerptBytes ? `${text.slice(0, excerptBytes)}… (${size} bytes)` : text
}

export function responseOf(
  redactor: Redactor,
  bytes: Uint8Array,
  status: number,
  headers: Readonly<Record<string, string>>,
  makeExchange: () => Exchange,
): HttpResponse {
  return new Answer(redactor, bytes, status, headers, makeExchange)
}

class Answer implements HttpResponse {
  readonly bytes: Uint8Array
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly #redactor: Redactor
  readonly #makeExchange: () => Exchange
  #exchange: Exchange | undefined

  constructor(
    redactor: Redactor,
    bytes: Uint8Array,
    status: number,
    headers: Readonly<Record<string, string>>,
    makeExchange: () => Exchange,
  ) {
    this.#redactor = redactor
    this.bytes = bytes
    this.status = status
    this.headers = headers
    this.#makeExchange = makeExchange
  }

  // Made on demand: only failures are looked at, and most answers are not failures.
  get exchange(): Exchange {
    return (this.#exchange ??= this.#makeExchange())
  }

  text(): string {
    return new TextDecoder().decode(this.bytes)
  }

  json(): unknown {
    try {
      return JSON.parse(this.text()) as unknown
    } catch (error) {
      throw new FlowFailure(
        `${this.status} not JSON`,
        // Redacted before it is cut, as excerpts are.
        `the answer is not JSON: ${this.#redactor.text(this.text()).slice(0, 80)}`,
        this.exchange,
        error,
      )
    }
  }
}

async function readAll(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw new Error(`the body is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

export function flatten(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

export function servedBy(headers: Readonly<Record<string, string>>): { servedBy?: string } {
  const replica = headers[replicaHeader]
  return replica === undefined ? {} : { servedBy: replica }
}

const symptoms: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection reset',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  BAD_ANSWER: 'answer is not HTTP',
}

/** A method or a header that is none, for instance: it was never sent, and says nothing of the system. */
export function isOfFlow(error: unknown): boolean {
  return (error as { code?: string }).code === 'UND_ERR_INVALID_ARG'
}

export function symptomOf(error: unknown): string {
  const code = (error as { code?: string }).code
  return (code && symptoms[code]) ?? code ?? 'request failed'
}
