import { Pool, buildConnector, type Dispatcher } from 'undici'
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
import {
  HttpConnections,
  encode,
  excerptOf,
  flatten,
  maxBodyBytes,
  responseOf,
  servedBy,
  symptomOf,
  type HttpConnectionsOptions,
} from './http-client.ts'

/** One request as it was. Times in ms. */
export interface RequestFigures {
  /** From asking for a connection to the last byte. */
  readonly durationMs: number
  /** Of these, waiting for a free connection. */
  readonly blockedMs: number
  /** From sending to the first byte. */
  readonly waitingMs: number
  /** No answer, or a status from 400. */
  readonly failed: boolean
  readonly sentBytes: number
  readonly receivedBytes: number
}

export interface LoadClientOptions extends HttpConnectionsOptions {
  /** How long it took to open a connection, in ms. */
  readonly onConnect: (durationMs: number) => void
}

/** No more at once: when the target stalls, catching up must not become a storm of connections. */
const defaultConnections = 256

/** A front door with its connections, and who waits for one. */
class Door {
  readonly pool: Pool
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(url: string, connections: number, onConnect: (durationMs: number) => void) {
    this.#free = connections
    const connector = buildConnector({})
    this.pool = new Pool(url, {
      connections,
      pipelining: 1,
      connect: (options, callback) => {
        const started = performance.now()
        connector(options, (...result) => {
          onConnect(performance.now() - started)
          callback(...result)
        })
      },
    })
  }

  /** Calls back with a connection free for it, at once where there is one. What is returned takes it back. */
  take(granted: () => void): () => void {
    if (this.#free > 0) {
      this.#free -= 1
      granted()
      return () => undefined
    }
    this.#waiting.add(granted)
    return () => this.#waiting.delete(granted)
  }

  release(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

/** The connections of load: undici's dispatch to front doors, with the fewest objects for each request. What goes outside takes the way of HttpConnections. */
export class LoadConnections implements AsyncDisposable {
  readonly #options: LoadClientOptions
  readonly #outside: HttpConnections
  readonly #doors: ReadonlyMap<string, Door>
  #traces = 0
  readonly #tracePrefix = crypto.randomUUID().replaceAll('-', '').slice(0, 20)

  constructor(options: LoadClientOptions) {
    this.#options = options
    this.#outside = new HttpConnections(options)
    const connections = options.connections ?? defaultConnections
    this.#doors = new Map(
      Object.entries(options.frontDoors).map(([name, url]) => [
        name,
        new Door(url, connections, options.onConnect),
      ]),
    )
  }

  /** A client of one flow: it sends `headers` with each request to the system, and ends with the deadline. */
  client(
    headers: Readonly<Record<string, string>>,
    deadline: Deadline,
    onRequest: (figures: RequestFigures) => void,
  ): HttpClient {
    const exchange = (request: HttpRequest) =>
      /^https?:/.test(request.path)
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
      ...[...this.#doors.values()].map(({ pool }) => pool.destroy()),
    ])
  }

  #exchange(
    request: HttpRequest,
    actorHeaders: Readonly<Record<string, string>>,
    deadline: Deadline,
    onRequest: (figures: RequestFigures) => void,
  ): Promise<HttpResponse> {
    const service = request.service ?? this.#options.entry
    const door = this.#doors.get(service)
    if (!door) {
      throw new HarnessError('INVALID_SCENARIO', `a flow asks for the service '${service}'`, {
        hint: `the stack has ${[...this.#doors.keys()].join(', ')}`,
      })
    }
    this.#traces += 1
    const traceId = this.#tracePrefix + this.#traces.toString(16).padStart(12, '0')
    const { body, contentType } = encode(request.body)
    const headers: Record<string, string> = {
      ...actorHeaders,
      ...(contentType ? { 'content-type': contentType } : {}),
      traceparent: `00-${traceId}-${traceId.slice(16)}-01`,
      ...request.headers,
    }
    const { redactor } = this.#options
    const started = performance.now()
    const known = (): Exchange => ({
      method: request.method,
      url: (this.#options.frontDoors[service] ?? '') + request.path,
      requestHeaders: redactor.headers(headers),
      ...(body === undefined ? {} : { requestBody: excerptOf(redactor, body, contentType ?? '') }),
      traceId,
      durationMs: performance.now() - started,
    })
    return new Promise((resolve, reject) => {
      const call = new Call(door, started, {
        done: (status, answerHeaders, bytes) => {
          onRequest(call.figures(status >= 400, sizeOf(body)))
          const durationMs = performance.now() - started
          resolve(
            responseOf(redactor, bytes, status, answerHeaders, () => ({
              ...known(),
              durationMs,
              status,
              responseHeaders: redactor.headers(answerHeaders),
              responseBody: excerptOf(redactor, bytes, answerHeaders['content-type'] ?? ''),
              ...servedBy(answerHeaders),
            })),
          )
        },
        failed: (error) => {
          onRequest(call.figures(true, sizeOf(body)))
          const text = `${request.method} ${known().url}: ${deadline.expired ? 'no complete answer in time' : describeError(error)}`
          const symptom = deadline.expired ? 'timeout' : symptomOf(error)
          reject(new FlowFailure(symptom, text, { ...known(), error: text }, error))
        },
      })
      call.start(
        { path: request.path, method: request.method, headers, body: body ?? null },
        deadline,
      )
    })
  }
}

interface Outcome {
  done(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void
  failed(error: unknown): void
}

/** One request under way, and undici's handler of it. Settles once. */
class Call implements Dispatcher.DispatchHandler {
  readonly #door: Door
  readonly #started: number
  readonly #outcome: Outcome
  #sentAt = 0
  #firstByteAt = 0
  #received = 0
  #status = 0
  #headers: Readonly<Record<string, string>> = {}
  #chunks: Buffer[] = []
  #settled = false
  #cut: Error | undefined
  #controller: Dispatcher.DispatchController | undefined
  #forget: () => unknown = () => undefined

  constructor(door: Door, started: number, outcome: Outcome) {
    this.#door = door
    this.#started = started
    this.#outcome = outcome
  }

  start(options: Dispatcher.DispatchOptions, deadline: Deadline): void {
    if (deadline.expired) return this.#settle(() => this.#outcome.failed(new Error('too late')))
    let isGranted = false
    const giveUp = this.#door.take(() => {
      isGranted = true
      if (!this.#settled) this.#door.pool.dispatch(options, this)
    })
    this.#forget = deadline.onExpire(() => {
      giveUp()
      this.#cut = new Error('the time of the flow is over')
      // Before it is on a connection nobody can be told; then undici hears of it when it comes to it.
      this.#controller?.abort(this.#cut)
      if (!isGranted) return this.#settle(() => this.#outcome.failed(this.#cut))
      this.#settle(() => this.#outcome.failed(this.#cut))
    })
  }

  figures(failed: boolean, sentBytes: number): RequestFigures {
    const now = performance.now()
    const sentAt = this.#sentAt || now
    return {
      durationMs: now - this.#started,
      blockedMs: sentAt - this.#started,
      waitingMs: (this.#firstByteAt || now) - sentAt,
      failed,
      sentBytes,
      receivedBytes: this.#received,
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sentAt = performance.now()
    if (this.#cut) controller.abort(this.#cut)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2],
  ): void {
    // What is only informational (103) comes before the answer.
    if (status < 200) return
    this.#firstByteAt = performance.now()
    this.#status = status
    this.#headers = flatten(headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#received > maxBodyBytes) {
      controller.abort(new Error(`the body is larger than ${maxBodyBytes} bytes`))
    } else if (!this.#settled) this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#door.release()
    const bytes =
      this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.#settle(() => this.#outcome.done(this.#status, this.#headers, bytes))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#door.release()
    this.#settle(() => this.#outcome.failed(error))
  }

  #settle(tell: () => void): void {
    if (this.#settled) return
    this.#settled = true
    this.#forget()
    this.#chunks = []
    tell()
  }
}

function sizeOf(body: string | Uint8Array | undefined): number {
  if (body === undefined) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}
