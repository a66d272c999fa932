import {
  HarnessError,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../core/index.ts'
import type { Deadline } from './deadline.ts'
import { encodeBody } from './encode-body.ts'
import { goesOutside } from './goes-outside.ts'
import { maxBodyBytes, proxyOf, type HttpConnectionsOptions } from './http-client.ts'
import {
  headersOf,
  traceparent,
  type CallRequest,
  type Door,
  type RequestFigures,
} from './http1/call.ts'
import { OutsideDoor } from './http1/outside-door.ts'
import { PlainDoor, type DoorOptions } from './http1/plain-door.ts'
import { fieldLines, requestHead } from './http1/request-head.ts'
import { UndiciDoor } from './http1/undici-door.ts'
import { LoadExchange, type Asking } from './load-exchange.ts'

export interface LoadClientOptions extends HttpConnectionsOptions {
  /** To each front door at most. */
  readonly connections: number
  /** How long it took to open a connection, in ms. */
  readonly onConnect: (durationMs: number) => void
}

const headBytes = 16_384

/** A request without body and fields of its own, up to its trace. */
interface Beginning {
  readonly path: string
  /** Undefined when it is not to be sent in this way. */
  readonly start: string | undefined
}

/** Kept of each actor and service. */
const mostBeginnings = 100
const noBeginning: Beginning = { path: '', start: undefined }

/** The connections of load. Over http they are our own, with the fewest steps for each request; whatever those do not cover goes through undici, and so does what goes outside. */
export class LoadConnections implements AsyncDisposable {
  readonly #options: LoadClientOptions
  readonly #outside: Door
  readonly #services: ReadonlyMap<string, Service>
  readonly #traces = new TraceIds()

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
    return flowClient(this, { headers, deadline, onRequest })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#outside.close(),
      ...[...this.#services.values()].map((service) => service.close()),
    ])
  }

  exchange(request: HttpRequest, asking: Asking): Promise<HttpResponse> {
    const traceId = this.#traces.next()
    if (goesOutside(request.path)) {
      return this.#send(asking, this.#outside, '', toOutside(request, traceId))
    }
    const service = this.#service(request)
    const sent = service.prepare(request, asking.headers, traceId)
    return this.#send(asking, service.doorFor(sent), service.url, sent)
  }

  #send(asking: Asking, door: Door, url: string, sent: CallRequest): Promise<HttpResponse> {
    const { redactor } = this.#options
    return new Promise((resolve, reject) => {
      const call = new LoadExchange(redactor, url, sent, asking, resolve, reject)
      if (asking.deadline.expired) call.fail(new Error('too late'))
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
}

/** No two of them are the same, and there is little to do for each. */
class TraceIds {
  #prefix = ''
  #count = Infinity

  next(): string {
    // Seven digits in base 16, whichever it is.
    if (this.#count > 0xfffffff) {
      this.#prefix = crypto.randomUUID().replaceAll('-', '').slice(0, 25)
      this.#count = 0x1000000
    }
    const id = this.#prefix + this.#count.toString(16)
    this.#count += 1
    return id
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

/** External sites are told nothing of the actor. */
function toOutside(request: HttpRequest, traceId: string): CallRequest {
  const { method, path, headers: given } = request
  const { body, contentType } = encodeBody(request.body)
  return { method, path, body, head: undefined, actorHeaders: {}, contentType, traceId, given }
}

/** Its functions may be taken off it, and it may be spread, as the client outside of load. */
function flowClient(connections: LoadConnections, asking: Asking): HttpClient {
  const request = (asked: HttpRequest) => connections.exchange(asked, asking)
  return {
    request,
    get: (path, options) =>
      request(options ? { ...options, method: 'GET', path } : { method: 'GET', path }),
    post: (path, body, options) => request({ ...options, method: 'POST', path, body }),
  }
}

/** A service behind its front door. */
class Service {
  readonly url: string
  readonly #host: string
  /** Of the requests of an actor, by what the flow asks for. */
  readonly #beginnings = new WeakMap<Readonly<Record<string, string>>, Map<string, Beginning>>()
  readonly #plain: Door | undefined
  readonly #makeOther: () => Door
  #other: Door | undefined

  constructor(url: string, options: DoorOptions) {
    const parsed = new URL(url)
    this.url = url
    this.#host = parsed.host
    this.#plain = parsed.protocol === 'http:' ? new PlainDoor(parsed, options) : undefined
    this.#makeOther = () => new UndiciDoor(parsed, options)
  }

  prepare(
    request: HttpRequest,
    actorHeaders: Readonly<Record<string, string>>,
    traceId: string,
  ): CallRequest {
    const { method, headers: given } = request
    const { body, contentType } = encodeBody(request.body)
    const fields = { actorHeaders, contentType, traceId, given }
    if (method === 'GET' && body === undefined && given === undefined) {
      const { path, start } = this.#beginning(request.path, actorHeaders)
      if (start) {
        const head = `${start}${traceparent(traceId)}\r\n\r\n`
        return { method, path, body, head, ...fields }
      }
    }
    const path = targetOf(this.url, request.path)
    const lines = fieldLines({ host: this.#host, ...headersOf(fields) })
    const bodyBytes = body === undefined ? undefined : Buffer.byteLength(body)
    const head = requestHead(method, path, lines, bodyBytes)
    return { method, path, body, head: head && `${head}\r\n`, ...fields }
  }

  doorFor({ head }: CallRequest): Door {
    if (this.#plain && head !== undefined) return this.#plain
    return (this.#other ??= this.#makeOther())
  }

  /** Users ask for the same again and again: all but the trace is there already. */
  #beginning(given: string, actorHeaders: Readonly<Record<string, string>>): Beginning {
    const known = this.#beginnings.get(actorHeaders) ?? new Map<string, Beginning>()
    if (known.size === 0) this.#beginnings.set(actorHeaders, known)
    const last = known.get(given)
    if (last || known.size >= mostBeginnings) return last ?? noBeginning
    const path = targetOf(this.url, given)
    const beginning = { path, start: this.#start(path, actorHeaders) }
    known.set(given, beginning)
    return beginning
  }

  #start(path: string, actorHeaders: Readonly<Record<string, string>>): string | undefined {
    const names = Object.keys(actorHeaders)
    if (names.some((name) => /^(?:host|traceparent)$/i.test(name))) return undefined
    const lines = fieldLines({ host: this.#host, ...actorHeaders })
    const head = requestHead('GET', path, lines, undefined)
    // In one piece: a text that was put together is copied piece by piece each time.
    return head && Buffer.from(`${head}traceparent: `, 'latin1').toString('latin1')
  }

  async close(): Promise<void> {
    await Promise.all([this.#plain?.close(), this.#other?.close()])
  }
}
