/** On an answer of a front door or link: the replica that gave it. On a request to one: the replica that is to answer, while it takes traffic. */
export const replicaHeader = 'x-aftershock-replica'

/** What a flow sends. `path` is relative to the service's front door, or an absolute http or https URL of an external site. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Service whose front door is asked; the stack's entry when absent. */
  readonly service?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string or bytes go out as they are; anything else as JSON. */
  readonly body?: unknown
}

/** A completed answer, its body read in full. Header names are in lower case. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  readonly exchange: Exchange
  text(): string
  /** Throws a FlowFailure that shows the exchange when the body is not JSON. */
  json(): unknown
}

/** One request and its answer as the journal keeps it: secrets removed, bodies cut to an excerpt. */
export interface Exchange {
  readonly method: string
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody?: string
  /** Absent when there was no answer; then `error` says why. */
  readonly status?: number
  readonly responseHeaders?: Readonly<Record<string, string>>
  readonly responseBody?: string
  readonly error?: string
  /** Replica that answered, as the front door says. */
  readonly servedBy?: string
  readonly traceId?: string
  readonly durationMs: number
}

/** Redirects are never followed: what an answer says is what a flow judges. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>
  get(path: string, options?: HttpOptions): Promise<HttpResponse>
  post(path: string, body?: unknown, options?: HttpOptions): Promise<HttpResponse>
}

export type HttpOptions = Pick<HttpRequest, 'headers' | 'service'>

/**
 * A flow did not get what its user needs. `symptom` is short and stable ('403/467', 'timeout', '200 but image missing'),
 * so that failures of one kind can be told from those of another. It becomes one line.
 */
export class FlowFailure extends Error {
  readonly symptom: string
  readonly exchange: Exchange | undefined

  constructor(symptom: string, message: string, exchange?: Exchange, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'FlowFailure'
    this.symptom = symptom.replace(/[\r\n]+/g, ' ')
    this.exchange = exchange
  }
}

/** The symptom when a flow throws anything but a FlowFailure: whether it or the system is wrong cannot be told. */
export const flowFault = 'fault in the flow'

/** Whether something thrown is a FlowFailure, be it of another copy of this module: test runners and bundlers load modules more than once. */
export function isFlowFailure(error: unknown): error is FlowFailure {
  return (
    error instanceof Error &&
    error.name === 'FlowFailure' &&
    'symptom' in error &&
    typeof error.symptom === 'string'
  )
}
