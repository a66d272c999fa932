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
  readonly traceparent: string
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
  const { actorHeaders, contentType, traceparent, given } = fields
  return {
    ...actorHeaders,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    traceparent,
    ...given,
  }
}

export interface CallOutcome {
  done(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void
  failed(error: unknown): void
}

/** What a call is on. Lets go of it when the time is over. */
export interface Carrier {
  giveUp(call: Call, error: Error): void
}

/** One request under way. Settles once. */
export class Call implements DeadlineListener {
  readonly request: CallRequest
  readonly startedMs = performance.now()
  sentAtMs = 0
  firstByteAtMs = 0
  endedAtMs = 0
  sentBytes = 0
  receivedBytes = 0
  isSettled = false
  carrier: Carrier | undefined
  readonly #outcome: CallOutcome
  readonly #deadline: Deadline

  constructor(request: CallRequest, deadline: Deadline, outcome: CallOutcome) {
    this.request = request
    this.#outcome = outcome
    this.#deadline = deadline
    deadline.add(this)
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

  figures(failed: boolean): RequestFigures {
    const now = this.endedAtMs || performance.now()
    const sentAtMs = this.sentAtMs || now
    return {
      durationMs: now - this.startedMs,
      blockedMs: sentAtMs - this.startedMs,
      waitingMs: (this.firstByteAtMs || now) - sentAtMs,
      failed,
      sentBytes: this.sentBytes,
      receivedBytes: this.receivedBytes,
    }
  }

  done(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void {
    if (this.isSettled) return
    this.isSettled = true
    this.#deadline.remove(this)
    this.#outcome.done(status, headers, bytes)
  }

  fail(error: unknown): void {
    if (this.isSettled) return
    this.isSettled = true
    this.#deadline.remove(this)
    this.#outcome.failed(error)
  }
}

/** What carries calls to one front door. */
export interface Door {
  start(call: Call): void
  close(): Promise<void>
}
