import {
  HarnessError,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
} from '../core/index.ts'
import type { Deadline } from './deadline.ts'
import { encodeBody } from './encode-body.ts'
import { maxBodyBytes, proxyOf, type HttpConnectionsOptions } from './http-client.ts'
import { headersOf, type CallRequest, type Door, type RequestFigures } from './http1/call.ts'
import { OutsideDoor } from './http1/outside-door.ts'
import { PlainDoor, type DoorOptions } from './http1/plain-door.ts'
import { fieldLines, requestHead } from './http1/request-head.ts'
import { UndiciDoor } from './http1/undici-door.ts'
import { LoadExchange } from './load-exchange.ts'

export interface LoadClientOptions extends HttpConnectionsOptions {
  /** To each front door at most. */
  readonly connections: number
  /** How long it took to open a connection, in ms. */
  readonly onConnect: (durationMs: number) => void
}

/** Who asks: one flow of an actor. */
interface Asking {
  readonly headers: Readonly<Record<string, string>>
  readonly deadline: Deadline
  readonly onRequest: (figures: RequestFigures) => void
}

const headBytes = 16_384

/** The connections of load. Over http they are our own, with the fewest steps for each request; whatever those do not cover goes through undici, and so does what goes outside. */
export class LoadConnections implements AsyncDisposable {
  readonly #options: LoadClientOptions
  readonly #outside: Door
  readonly #services: ReadonlyMap<string, Service>
  /** The lines of an actor's fields: they are the same in every request. */
  readonly #lines = new WeakMap<Readonly<Record<string, string>>, { readonly text?: string }>()
  #traces = 0
  readonly #tracePrefix = crypto.randomUUID().replaceAll('-', '').slice(0, 20)

  constructor(options: LoadClientOptions) {
    this.#options = options
    const { connections } = options
    this.#outside = new OutsideDoor(proxyOf(options, { connections, pipelining: 1 }), maxBodyBytes)
    const door: DoorOptions = {
      connections,
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
    return new FlowClient(this, { headers, deadline, onRequest })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#outside.close(),
      ...[...this.#services.values()].map((service) => service.close()),
    ])
  }

  exchange(request: HttpRequest, asking: Asking): Promise<HttpResponse> {
    const traceId = this.#nextTrace()
    if (request.path.startsWith('http') && /^https?:/.test(request.path)) {
      return this.#send(asking, this.#outside, '', toOutside(request, traceId), traceId)
    }
    const service = this.#service(request)
    const sent = this.#prepare(service, request, asking.headers, traceId)
    return this.#send(asking, service.doorFor(sent), service.url, sent, traceId)
  }

  #send(
    { deadline, onRequest }: Asking,
    door: Door,
    url: string,
    sent: CallRequest,
    traceId: string,
  ): Promise<HttpResponse> {
    const { redactor } = this.#options
    return new Promise((resolve, reject) => {
      const given = { redactor, url, sent, traceId, deadline, onRequest, resolve, reject }
      const { call } = new LoadExchange(given)
      if (deadline.expired) call.fail(new Error('too late'))
      else door.start(call)
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
    const { method, headers: given } = request
    const path = targetOf(service.url, request.path)
    const traceparent = traceparentOf(traceId)
    const { body, contentType } = encodeBody(request.body)
    const bodyBytes = body === undefined ? undefined : Buffer.byteLength(body)
    const usual = given || contentType ? undefined : this.#usualLines(actorHeaders)
    const lines =
      usual === undefined
        ? fieldLines({
            host: service.host,
            ...headersOf({ actorHeaders, contentType, traceparent, given }),
          })
        : `${service.hostLine}${usual}traceparent: ${traceparent}\r\n`
    const head = requestHead(method, path, lines, bodyBytes)
    return { method, path, body, head, actorHeaders, contentType, traceparent, given }
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
}

/** What a URL leaves as it is. */
const plainPath = /^\/[\w.~!$&()*+,;=:@%/?-]*$/

/** As it goes out: a URL says so, as it does outside of load. What is none is for undici to judge. */
function targetOf(frontDoor: string, path: string): string {
  if (plainPath.test(path) && !path.includes('/.')) return path
  const url = path.startsWith('/') ? URL.parse(frontDoor + path) : null
  return url ? url.pathname + url.search : path
}

function traceparentOf(traceId: string): string {
  return `00-${traceId}-${traceId.slice(16)}-01`
}

/** External sites are told nothing of the actor. */
function toOutside(request: HttpRequest, traceId: string): CallRequest {
  const { method, path, headers: given } = request
  const { body, contentType } = encodeBody(request.body)
  const traceparent = traceparentOf(traceId)
  return { method, path, body, head: undefined, actorHeaders: {}, contentType, traceparent, given }
}

/** Its functions may be taken off it, as those of the client outside of load. */
class FlowClient implements HttpClient {
  readonly #connections: LoadConnections
  readonly #asking: Asking

  constructor(connections: LoadConnections, asking: Asking) {
    this.#connections = connections
    this.#asking = asking
  }

  readonly request = (request: HttpRequest): Promise<HttpResponse> =>
    this.#connections.exchange(request, this.#asking)

  readonly get = (path: string, options?: HttpOptions): Promise<HttpResponse> =>
    this.request(options ? { ...options, method: 'GET', path } : { method: 'GET', path })

  readonly post = (path: string, body?: unknown, options?: HttpOptions): Promise<HttpResponse> =>
    this.request({ ...options, method: 'POST', path, body })
}

/** A service behind its front door. */
class Service {
  readonly url: string
  readonly host: string
  readonly hostLine: string
  readonly #plain: Door | undefined
  readonly #makeOther: () => Door
  #other: Door | undefined

  constructor(url: string, options: DoorOptions) {
    const parsed = new URL(url)
    this.url = url
    this.host = parsed.host
    this.hostLine = `host: ${parsed.host}\r\n`
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
