import type { Deadline, DeadlineListener } from '../deadline.ts'

/** One request as it was. Times in ms. */
export interface RequestFigures {
  /** From asking for a connection to the last byte. */
  readonly durationMs: number
  /** Of these, waiting for a free connection, or for a new one to open. */
  readonly blockedMs: number
  /** From sending to the first byte. */
  readonly waitingMs: number
  /** No answer, or a status from 400. */
  readonly failed: boolean
  /** Bytes with heads over http; of bodies alone where undici carries them. */
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** Where the fields of a request come from; what comes later stands in for what came before. */
interface Fields {
  readonly actorHeaders: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  /** 32 digits in base 16. */
  readonly traceId: string
  readonly given: Readonly<Record<string, string>> | undefined
}

/** What is asked, whole. */
export interface CallRequest extends Fields {
  readonly method: string
  readonly path: string
  readonly body: string | Uint8Array | undefined
  /** The request line and fields as they go out; absent when only undici can send it. */
  readonly head: string | undefined
}

export function headersOf(fields: Fields): Record<string, string> {
  const { actorHeaders, contentType, traceId, given } = fields
  return {
    ...actorHeaders,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    traceparent: traceparent(traceId),
    ...given,
  }
}

/** What a call is on. Lets go of it when the time is over. */
export interface Carrier {
  giveUp(call: Call, error: Error): void
}

/** Of all requests of this thread: each is the only one of its trace. */
const spanId = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
const traceEnd = `-${spanId}-01`

/** As W3C trace context has it. */
export function traceparent(traceId: string): string {
  return `00-${traceId}${traceEnd}`
}

/** One request under way, and its figures once it has ended. Settles once. */
export abstract class Call implements DeadlineListener, RequestFigures {
  readonly request: CallRequest
  readonly startedMs = performance.now()
  sentAtMs = 0
  firstByteAtMs = 0
  endedAtMs = 0
  sentBytes = 0
  receivedBytes = 0
  failed = false
  isSettled = false
  carrier: Carrier | undefined
  protected readonly deadline: Deadline

  constructor(request: CallRequest, deadline: Deadline) {
    this.request = request
    this.deadline = deadline
    deadline.add(this)
  }

  protected abstract onAnswer(
    status: number,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
  ): void

  protected abstract onFailure(error: unknown): void

  get durationMs(): number {
    return this.endedAtMs - this.startedMs
  }

  get blockedMs(): number {
    return (this.sentAtMs || this.endedAtMs) - this.startedMs
  }

  get waitingMs(): number {
    return (this.firstByteAtMs || this.endedAtMs) - (this.sentAtMs || this.endedAtMs)
  }

  timeIsOver(): void {
    const error = new Error('the time of the flow is over')
    this.carrier?.giveUp(this, error)
    this.fail(error)
  }

  sent(bytes: number, atMs: number): void {
    this.sentAtMs = atMs
    this.sentBytes = bytes
  }

  done(
    status: number,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
    nowMs = performance.now(),
  ): void {
    if (this.#settle(status >= 400, nowMs)) this.onAnswer(status, headers, bytes)
  }

  fail(error: unknown): void {
    if (this.#settle(true, performance.now())) this.onFailure(error)
  }

  #settle(failed: boolean, nowMs: number): boolean {
    if (this.isSettled) return false
    this.isSettled = true
    this.failed = failed
    this.endedAtMs = nowMs
    this.deadline.remove(this)
    return true
  }
}

/** What carries calls to one front door. */
export interface Door {
  start(call: Call): void
  close(): Promise<void>
}
