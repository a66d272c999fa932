import {
  FlowFailure,
  describeError,
  type Exchange,
  type HttpResponse,
  type Redactor,
} from '../core/index.ts'
import type { Deadline } from './deadline.ts'
import { excerptOf, responseOf, servedBy, symptomOf } from './http-client.ts'
import {
  Call,
  headersOf,
  type CallOutcome,
  type CallRequest,
  type RequestFigures,
} from './http1/call.ts'

export interface LoadExchangeOptions {
  readonly redactor: Redactor
  /** Of the front door. */
  readonly url: string
  readonly sent: CallRequest
  readonly traceId: string
  readonly deadline: Deadline
  readonly onRequest: (figures: RequestFigures) => void
  readonly resolve: (response: HttpResponse) => void
  readonly reject: (failure: FlowFailure) => void
}

/** A call and what a flow is told of it. The record of it is made only when somebody looks. */
export class LoadExchange implements CallOutcome {
  readonly call: Call
  readonly #options: LoadExchangeOptions

  constructor(options: LoadExchangeOptions) {
    this.#options = options
    this.call = new Call(options.sent, options.deadline, this)
  }

  done(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void {
    const { redactor, onRequest, resolve } = this.#options
    const figures = this.call.figures(status >= 400)
    onRequest(figures)
    const record = () => ({
      ...this.#asked(figures),
      status,
      responseHeaders: redactor.headers(headers),
      responseBody: excerptOf(redactor, bytes, headers['content-type'] ?? ''),
      ...servedBy(headers),
    })
    resolve(responseOf(redactor, bytes, status, headers, record))
  }

  failed(error: unknown): void {
    const { deadline, onRequest, reject } = this.#options
    const figures = this.call.figures(true)
    onRequest(figures)
    reject(failureOf(error, this.#asked(figures), deadline.expired))
  }

  #asked({ durationMs }: RequestFigures): Exchange {
    const { redactor, url, sent, traceId } = this.#options
    const { method, path, body } = sent
    const headers = headersOf(sent)
    const type = headers['content-type'] ?? ''
    return {
      method,
      url: url + path,
      requestHeaders: redactor.headers(headers),
      ...(body === undefined ? {} : { requestBody: excerptOf(redactor, body, type) }),
      traceId,
      durationMs,
    }
  }
}

function failureOf(error: unknown, asked: Exchange, isOverdue: boolean): FlowFailure {
  const why = isOverdue ? 'no complete answer in time' : describeError(error)
  const text = `${asked.method} ${asked.url}: ${why}`
  const symptom = isOverdue ? 'timeout' : symptomOf(error)
  return new FlowFailure(symptom, text, { ...asked, error: text }, error)
}
