import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace'

/** The ids that services got in `traceparent` become those of the spans: what they send themselves then lies below. */
export class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #given: { readonly traceId?: string; readonly spanId?: string } = {}

  /** What `start` starts gets these ids; without a trace id that of its parent. */
  startWith<T>(ids: { readonly traceId?: string; readonly spanId: string }, start: () => T): T {
    this.#given = ids
    try {
      return start()
    } finally {
      this.#given = {}
    }
  }

  readonly generateTraceId = (): string => this.#given.traceId ?? this.#random.generateTraceId()

  readonly generateSpanId = (): string => this.#given.spanId ?? this.#random.generateSpanId()
}
