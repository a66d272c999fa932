import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface ReceivedSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly events?: readonly { readonly name: string }[]
  readonly links?: readonly { readonly spanId: string }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string }
}

export interface ReceivedMetric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly Point[] }
  readonly histogram?: { readonly dataPoints: readonly Point[] }
}

interface Point {
  readonly attributes: readonly Attribute[]
  readonly count?: number | string
  readonly asInt?: number | string
  readonly asDouble?: number
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[]
  }[]
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly ReceivedMetric[] }[]
  }[]
}

/** Takes OTLP over HTTP on loopback, in JSON; of other encodings only that they came. */
export class OtlpReceiver implements AsyncDisposable {
  readonly requests: { readonly path: string; readonly type: string; readonly key: unknown }[] = []
  readonly spans: ReceivedSpan[] = []
  readonly services = new Set<string>()
  /** As they came last: totals of the run. */
  metrics: readonly ReceivedMetric[] = []
  readonly #server = createServer((request, response) => {
    const type = request.headers['content-type'] ?? ''
    this.requests.push({ path: request.url ?? '', type, key: request.headers['x-key'] })
    const { answer } = this
    if (answer === 'never') return
    void (async () => {
      if (type === 'application/json') this.#take((await json(request)) as Body)
      else request.resume()
      response.setHeader('content-type', type)
      response.writeHead(answer).end(type === 'application/json' ? '{}' : '')
    })()
  })
  answer: number | 'never' = 200

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take({ resourceSpans = [], resourceMetrics = [] }: Body): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.services.add(attributesOf(resource)['service.name'] ?? '')
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans))
    }
    const metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((one) => one.metrics),
    )
    if (metrics.length > 0) this.metrics = metrics
  }
}

/** Those that are texts or whole numbers, as texts. */
export function attributesOf(of: {
  readonly attributes: readonly Attribute[]
}): Record<string, string> {
  return Object.fromEntries(
    of.attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue)]),
  )
}
