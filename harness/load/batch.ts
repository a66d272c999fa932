import type { Exchange } from '../core/index.ts'
import type { RequestFigures } from './http1/call.ts'

/** What one thread measured since the last time: flat lists of numbers, so that they cross threads without a copy. */
export interface Batch {
  /** `flowStride` numbers for each flow that ended: executor, cell, start (ms), duration from the intended start (ms), late by (ms), symptom (0: none). */
  readonly flows: Float64Array
  /** `requestStride` numbers for each request: executor, cell, duration, blocked, waiting (ms), failed, bytes sent, bytes received. */
  readonly requests: Float64Array
  readonly connectMs: Float64Array
  /** By number from 1, those that are new. */
  readonly symptoms: readonly SymptomSeen[]
  readonly started: number
  /** `droppedStride` numbers each: executor, cell or `unknownCell`, how many. */
  readonly dropped: Float64Array
  /** `cutStride` numbers for each flow that was cut off: executor, cell, start (ms), duration until then (ms). */
  readonly cut: Float64Array
  /** `cutRequestStride` numbers for each request that was cut off with its flow: executor, cell, duration and blocked until then (ms). Undefined where that is not known. */
  readonly cutRequests: Float64Array | undefined
  readonly inFlight: number
  /** When the flow was started that is under way for longest, in ms of the load, by the places of `cellsUnderWay`; Infinity where there is none. */
  readonly oldest: Float64Array
  /** Share of the time in which the thread's loop was busy, 0 to 1. */
  readonly busy: number
  /** The longest that the loop was late in this time, in ms. */
  readonly lagMs: number
  /** CPU of the thread, and the time that this is about. */
  readonly cpuMs: number
  readonly elapsedMs: number
}

export interface SymptomSeen {
  readonly number: number
  readonly symptom: string
  readonly executor: number
  readonly cell: number
  readonly message: string
  readonly exchange?: Exchange
}

export const flowStride = 6
export const requestStride = 8
export const droppedStride = 3
export const cutStride = 4
export const cutRequestStride = 4
/** Of a flow that was dropped before it was known which it would have been. */
export const unknownCell = -1

/** A batch that is full goes out before its time: memory stays within this many flows for each thread. */
const mostFlows = 8_192
/** Symptoms by name; beyond them all are one. */
const mostSymptoms = 64
const otherSymptom = 'other symptoms'

/** Collects, and hands on what it has. */
export class BatchWriter {
  readonly #flows = new Float64Array(mostFlows * flowStride)
  readonly #requests = new Float64Array(mostFlows * requestStride)
  /** So many numbers of each are set. */
  #flowsEnd = 0
  #requestsEnd = 0
  #connects: number[] = []
  #dropped: number[] = []
  #symptoms: SymptomSeen[] = []
  #cut: number[] = []
  #cutRequests: number[] = []
  #started = 0
  #lagMs = 0
  #sentAt = performance.now()
  inFlight = 0
  /** Of the runner. */
  oldest: () => Float64Array = () => new Float64Array(0)
  readonly #known = new Map<string, number>()
  readonly #send: (batch: Batch) => void
  #utilization = performance.eventLoopUtilization()
  #cpu = process.threadCpuUsage()

  constructor(send: (batch: Batch) => void) {
    this.#send = send
  }

  started(): void {
    this.#started += 1
    this.inFlight += 1
  }

  dropped(executor: number, cell: number, count = 1): void {
    if (count > 0) this.#dropped.push(executor, cell, count)
  }

  /** Times as of a flow that ended: it took that long at least. */
  cut(executor: number, cell: number, startMs: number, durationMs: number): void {
    this.#cut.push(executor, cell, startMs, durationMs)
    this.inFlight -= 1
  }

  cutRequest(executor: number, cell: number, durationMs: number, blockedMs: number): void {
    this.#cutRequests.push(executor, cell, durationMs, blockedMs)
  }

  connected(durationMs: number): void {
    this.#connects.push(durationMs)
  }

  lagged(ms: number): void {
    this.#lagMs = Math.max(this.#lagMs, ms)
  }

  request(executor: number, cell: number, figures: RequestFigures): void {
    const { durationMs, blockedMs, waitingMs, failed, sentBytes, receivedBytes } = figures
    const list = this.#requests
    const at = this.#requestsEnd
    list[at] = executor
    list[at + 1] = cell
    list[at + 2] = durationMs
    list[at + 3] = blockedMs
    list[at + 4] = waitingMs
    list[at + 5] = failed ? 1 : 0
    list[at + 6] = sentBytes
    list[at + 7] = receivedBytes
    this.#requestsEnd = at + requestStride
    if (this.#requestsEnd === list.length) this.flush()
  }

  /** A flow that ended. Times in ms from the start of the load. */
  flow(
    executor: number,
    cell: number,
    times: { readonly startMs: number; readonly durationMs: number; readonly lateMs: number },
    failure?: {
      readonly symptom: string
      readonly message: string
      readonly exchange?: Exchange | undefined
    },
  ): void {
    this.inFlight -= 1
    const symptom = failure ? this.#numberOf(executor, cell, failure) : 0
    const list = this.#flows
    const at = this.#flowsEnd
    list[at] = executor
    list[at + 1] = cell
    list[at + 2] = times.startMs
    list[at + 3] = times.durationMs
    list[at + 4] = times.lateMs
    list[at + 5] = symptom
    this.#flowsEnd = at + flowStride
    if (this.#flowsEnd === list.length) this.flush()
  }

  flush(): void {
    const cpu = process.threadCpuUsage(this.#cpu)
    const { utilization } = performance.eventLoopUtilization(this.#utilization)
    this.#send({
      flows: this.#flows.slice(0, this.#flowsEnd),
      requests: this.#requests.slice(0, this.#requestsEnd),
      connectMs: new Float64Array(this.#connects),
      dropped: new Float64Array(this.#dropped),
      symptoms: this.#symptoms,
      started: this.#started,
      cut: new Float64Array(this.#cut),
      cutRequests: new Float64Array(this.#cutRequests),
      inFlight: this.inFlight,
      oldest: this.oldest(),
      busy: utilization,
      lagMs: this.#lagMs,
      cpuMs: (cpu.user + cpu.system) / 1_000,
      elapsedMs: performance.now() - this.#sentAt,
    })
    this.#lagMs = 0
    this.#sentAt = performance.now()
    this.#cpu = process.threadCpuUsage()
    this.#utilization = performance.eventLoopUtilization()
    this.#flowsEnd = 0
    this.#requestsEnd = 0
    this.#connects = []
    this.#dropped = []
    this.#symptoms = []
    this.#started = 0
    this.#cut = []
    this.#cutRequests = []
  }

  #numberOf(
    executor: number,
    cell: number,
    failure: {
      readonly symptom: string
      readonly message: string
      readonly exchange?: Exchange | undefined
    },
  ): number {
    const name =
      this.#known.has(failure.symptom) || this.#known.size < mostSymptoms
        ? failure.symptom
        : otherSymptom
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const number = this.#known.size + 1
    this.#known.set(name, number)
    const { message, exchange } = failure
    this.#symptoms.push({
      number,
      symptom: name,
      executor,
      cell,
      message,
      ...(exchange ? { exchange } : {}),
    })
    return number
  }
}
