import {
  FlowFailure,
  HarnessError,
  describeError,
  type Exchange,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
} from '../core/index.ts'
import type { Deadline } from './deadline.ts'
import { encodeBody } from './encode-body.ts'
import {
  HttpConnections,
  excerptOf,
  maxBodyBytes,
  responseOf,
  servedBy,
  symptomOf,
  type HttpConnectionsOptions,
} from './http-client.ts'
import { Call, headersOf, type CallRequest, type Door, type RequestFigures } from './http1/call.ts'
import { PlainDoor, type DoorOptions } from './http1/plain-door.ts'
import { fieldLines, requestHead } from './http1/request-head.ts'
import { UndiciDoor } from './http1/undici-door.ts'

export interface LoadClientOptions extends HttpConnectionsOptions {
  /** How long it took to open a connection, in ms. */
  readonly onConnect: (durationMs: number) => void
}

/** No more at once: when the target stalls, catching up must not become a storm of connections. */
const defaultConnections = 256
const headBytes = 16_384

/** The connections of load. Over http they are our own, with the fewest steps for each request; whatever those do not cover goes through undici, and what goes outside takes the way of HttpConnections. */
export class LoadConnections implements AsyncDisposable {
  readonly #options: LoadClientOptions
  readonly #outside: HttpConnections
  readonly #services: ReadonlyMap<string, Service>
  /** The lines of an actor's fields: they are the same in every request. */
  readonly #lines = new WeakMap<Readonly<Record<string, string>>, { readonly text?: string }>()
  #traces = 0
  readonly #tracePrefix = crypto.randomUUID().replaceAll('-', '').slice(0, 20)

  constructor(options: LoadClientOptions) {
    this.#options = options
    this.#outside = new HttpConnections(options)
    const door: DoorOptions = {
      connections: options.connections ?? defaultConnections,
      limits: { headBytes, bodyBytes: maxBodyBytes },
      onConnect: options.onConnect,
    }
    this.#services = new Map(
      Object.entries(options.frontDoors).map(([name, url]) => [name, new Service(url, door)]),
    )
  }

  /** A client of one flow: it sends `headers` with each request to the system, and ends with the deadline. */
  client(
    headers: Readonly<Record<string, string>>,
    deadline: Deadline,
    onRequest: (figures: RequestFigures) => void,
  ): HttpClient {
    const exchange = (request: HttpRequest) =>
      request.path.startsWith('http') && /^https?:/.test(request.path)
        ? this.#outside.client(headers, deadline.signal).request(request)
        : this.#exchange(request, headers, deadline, onRequest)
    return {
      request: exchange,
      get: (path: string, options: HttpOptions = {}) =>
        exchange({ ...options, method: 'GET', path }),
      post: (path: string, body?: unknown, options: HttpOptions = {}) =>
        exchange({ ...options, method: 'POST', path, body }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#outside[Symbol.asyncDispose](),
      ...[...this.#services.values()].map((service) => service.close()),
    ])
  }

  #exchange(
    request: HttpRequest,
    actorHeaders: Readonly<Record<string, string>>,
    deadline: Deadline,
    onRequest: (figures: RequestFigures) => void,
  ): Promise<HttpResponse> {
    const service = this.#service(request)
    const traceId = this.#nextTrace()
    const sent = this.#prepare(service, request, actorHeaders, traceId)
    return new Promise((resolve, reject) => {
      const outcome = {
        done: (status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array) => {
          const figures = call.figures(status >= 400)
          onRequest(figures)
          resolve(
            responseOf(this.#options.redactor, bytes, status, headers, () => ({
              ...this.#asked(service, sent, traceId, figures.durationMs),
              ...this.#answered(status, headers, bytes),
            })),
          )
        },
        failed: (error: unknown) => {
          const figures = call.figures(true)
          onRequest(figures)
          const asked = this.#asked(service, sent, traceId, figures.durationMs)
          reject(failureOf(error, asked, deadline.expired))
        },
      }
      const call = new Call(sent, deadline, outcome)
      if (deadline.expired) call.fail(new Error('too late'))
      else service.doorFor(sent).start(call)
    })
  }

  #service({ service = this.#options.entry }: HttpRequest): Service {
    const known = this.#services.get(service)
    if (known) return known
    throw new HarnessError('INVALID_SCENARIO', `a flow asks for the service '${service}'`, {
      hint: `the stack has ${[...this.#services.keys()].join(', ')}`,
    })
  }

  #nextTrace(): string {
    this.#traces += 1
    return this.#tracePrefix + this.#traces.toString(16).padStart(12, '0')
  }

  #prepare(
    service: Service,
    request: HttpRequest,
    actorHeaders: Readonly<Record<string, string>>,
    traceId: string,
  ): CallRequest {
    const { method, path, headers: given } = request
    const { body, contentType } = encodeBody(request.body)
    const traceparent = `00-${traceId}-${traceId.slice(16)}-01`
    const bodyBytes = body === undefined ? undefined : Buffer.byteLength(body)
    const usual = given || contentType ? undefined : this.#usualLines(actorHeaders)
    const all = { actorHeaders, contentType, traceparent, given }
    const lines =
      usual === undefined
        ? fieldLines({ host: service.host, ...headersOf(all) })
        : `host: ${service.host}\r\n${usual}traceparent: ${traceparent}\r\n`
    return { method, path, body, head: requestHead(method, path, lines, bodyBytes), ...all }
  }

  /** Of an actor; undefined when they are not to be sent as they are, beside a host and a trace. */
  #usualLines(actorHeaders: Readonly<Record<string, string>>): string | undefined {
    let known = this.#lines.get(actorHeaders)
    if (!known) {
      const isUsual = !Object.keys(actorHeaders).some((name) =>
        /^(?:host|traceparent)$/i.test(name),
      )
      const text = isUsual ? fieldLines(actorHeaders) : undefined
      known = text === undefined ? {} : { text }
      this.#lines.set(actorHeaders, known)
    }
    return known.text
  }

  #asked(service: Service, sent: CallRequest, traceId: string, durationMs: number): Exchange {
    const { redactor } = this.#options
    const { method, path, body } = sent
    const headers = headersOf(sent)
    return {
      method,
      url: service.url + path,
      requestHeaders: redactor.headers(headers),
      ...(body === undefined
        ? {}
        : { requestBody: excerptOf(redactor, body, headers['content-type'] ?? '') }),
      traceId,
      durationMs,
    }
  }

  #answered(
    status: number,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
  ): Partial<Exchange> {
    const { redactor } = this.#options
    return {
      status,
      responseHeaders: redactor.headers(headers),
      responseBody: excerptOf(redactor, bytes, headers['content-type'] ?? ''),
      ...servedBy(headers),
    }
  }
}

/** A service behind its front door. */
class Service {
  readonly url: string
  readonly host: string
  readonly #plain: Door | undefined
  readonly #makeOther: () => Door
  #other: Door | undefined

  constructor(url: string, options: DoorOptions) {
    const parsed = new URL(url)
    this.url = url
    this.host = parsed.host
    this.#plain = parsed.protocol === 'http:' ? new PlainDoor(parsed, options) : undefined
    this.#makeOther = () => new UndiciDoor(parsed, options)
  }

  doorFor({ head }: CallRequest): Door {
    if (this.#plain && head !== undefined) return this.#plain
    return (this.#other ??= this.#makeOther())
  }

  async close(): Promise<void> {
    await Promise.all([this.#plain?.close(), this.#other?.close()])
  }
}

function failureOf(error: unknown, asked: Exchange, isOverdue: boolean): FlowFailure {
  const why = isOverdue ? 'no complete answer in time' : describeError(error)
  const text = `${asked.method} ${asked.url}: ${why}`
  const symptom = isOverdue ? 'timeout' : symptomOf(error)
  return new FlowFailure(symptom, text, { ...asked, error: text }, error)
}
