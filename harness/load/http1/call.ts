import type { Deadline } from '../deadline.ts'

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

/** What is asked, whole. */
export interface CallRequest {
  readonly method: string
  readonly path: string
  /** The second before the first. */
  readonly actorHeaders: Readonly<Record<string, string>>
  readonly own: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** The request line and fields as they go out; absent when only undici can send it. */
  readonly head: string | undefined
}

export function headersOf({ actorHeaders, own }: CallRequest): Record<string, string> {
  return { ...actorHeaders, ...own }
}

export interface CallOutcome {
  done(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void
  failed(error: unknown): void
}

/** One request under way. Settles once. */
export class Call {
  readonly request: CallRequest
  readonly startedMs = performance.now()
  sentAtMs = 0
  firstByteAtMs = 0
  sentBytes = 0
  receivedBytes = 0
  isSettled = false
  /** Lets go of whatever carries it, when the time is over. */
  giveUp: (error: Error) => void = () => undefined
  readonly #outcome: CallOutcome
  readonly #forget: () => unknown

  constructor(request: CallRequest, deadline: Deadline, outcome: CallOutcome) {
    this.request = request
    this.#outcome = outcome
    this.#forget = deadline.onExpire(() => {
      const error = new Error('the time of the flow is over')
      this.giveUp(error)
      this.fail(error)
    })
  }

  sent(bytes: number): void {
    this.sentAtMs = performance.now()
    this.sentBytes = bytes
  }

  figures(failed: boolean): RequestFigures {
    const now = performance.now()
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
    this.#forget()
    this.#outcome.done(status, headers, bytes)
  }

  fail(error: unknown): void {
    if (this.isSettled) return
    this.isSettled = true
    this.#forget()
    this.#outcome.failed(error)
  }
}

/** What carries calls to one front door. */
export interface Door {
  start(call: Call): void
  close(): Promise<void>
}
