import {
  FlowFailure,
  describeError,
  type Exchange,
  type HttpResponse,
  type Redactor,
} from '../core/index.ts'
import type { Deadline } from './deadline.ts'
import { excerptOf, isOfFlow, responseOf, servedBy, symptomOf, traceIdIn } from './http-client.ts'
import { Call, headersOf, type CallRequest, type RequestFigures } from './http1/call.ts'

/** Who asks: one flow of an actor. */
export interface Asking {
  readonly headers: Readonly<Record<string, string>>
  readonly deadline: Deadline
  readonly onRequest: (figures: RequestFigures) => void
}

/** A call and what a flow is told of it. The record of it is made only when somebody looks. */
export class LoadExchange extends Call {
  readonly #redactor: Redactor
  readonly #url: string
  readonly #asking: Asking
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: unknown) => void

  /** `url` is that of the front door. */
  constructor(
    redactor: Redactor,
    url: string,
    request: CallRequest,
    asking: Asking,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    super(request, asking.deadline)
    this.#redactor = redactor
    this.#url = url
    this.#asking = asking
    this.#resolve = resolve
    this.#reject = reject
  }

  protected override onAnswer(
    status: number,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
  ): void {
    this.#asking.onRequest(this)
    const record = () => ({
      ...this.#asked(),
      status,
      responseHeaders: this.#redactor.headers(headers),
      responseBody: excerptOf(this.#redactor, bytes, headers['content-type'] ?? ''),
      ...servedBy(headers),
    })
    this.#resolve(responseOf(this.#redactor, bytes, status, headers, record))
  }

  protected override onFailure(error: unknown): void {
    if (isOfFlow(error)) return this.#reject(error)
    this.#asking.onRequest(this)
    this.#reject(failureOf(error, this.#asked(), this.deadline.expired))
  }

  #asked(): Exchange {
    const { method, path, body, traceId } = this.request
    const headers = headersOf(this.request)
    const type = headers['content-type'] ?? ''
    return {
      method,
      url: this.#url + path,
      requestHeaders: this.#redactor.headers(headers),
      ...(body === undefined ? {} : { requestBody: excerptOf(this.#redactor, body, type) }),
      traceId: traceIdIn(this.request.given) ?? traceId,
      durationMs: this.durationMs,
    }
  }
}

function failureOf(error: unknown, asked: Exchange, isOverdue: boolean): FlowFailure {
  const why = isOverdue ? 'no complete answer in time' : describeError(error)
  const text = `${asked.method} ${asked.url}: ${why}`
  const symptom = isOverdue ? 'timeout' : symptomOf(error)
  return new FlowFailure(symptom, text, { ...asked, error: text }, error)
}
