/** k6's NDJSON output as the batches that the metrics take. Source: grafana.com/docs/k6/latest/results-output/real-time/json. */
import type { Redactor } from '../../core/index.ts'
import { requestStride, unknownCell, type Batch, type SymptomSeen } from '../batch.ts'
import type { PlannedExecutor } from '../runner.ts'
import { begunMetric, failureMetric, flowMetric } from './script/plan.ts'

interface Point {
  readonly metric: string
  readonly value: number
  /** Ms of the epoch. */
  readonly atMs: number
  readonly tags: Readonly<Record<string, string>>
}

/** What is measured of one request stands in lines of its own, one after the other, beginning with `http_reqs`. */
interface OpenRequest {
  readonly executor: number
  readonly cell: number
  durationMs: number
  blockedMs: number
  connectingMs: number
  waitingMs: number
  failed: number
}

const signInTag = 'sign-in '
const sentAt = 6
const receivedAt = 7

/** Takes lines as they come; `batch` gives what came since. Lines that are not of the format are counted, not fatal. */
export class K6Output {
  strangeLines = 0
  readonly #executors: readonly PlannedExecutor[]
  readonly #redactor: Redactor
  readonly #numbers = new Map<string, number>()
  readonly #described = new Set<string>()
  readonly #owed = new Map<string, { sent: number; received: number }>()
  #startedAt: number | undefined
  /** When the last thing was measured: later than that nothing is known to have gone on. */
  #latestAt = 0
  #request: OpenRequest | undefined
  #pending = emptyBatch()
  #inFlight = 0
  /** When flows were begun that have not ended, in ms, by executor and cell. */
  readonly #open = new Map<string, number[]>()

  constructor(executors: readonly PlannedExecutor[], redactor: Redactor) {
    this.#executors = executors
    this.#redactor = redactor
  }

  /** When the first thing was measured, in ms of the epoch. */
  get startedAt(): number | undefined {
    return this.#startedAt
  }

  take(line: string): void {
    if (line.trim() === '') return
    const point = pointOf(line)
    if (point === 'strange') this.strangeLines += 1
    if (typeof point === 'object') this.#takePoint(point)
  }

  batch(): Batch {
    this.#endRequest()
    const { flows, requests, connects, dropped, symptoms, started } = this.#pending
    this.#pending = emptyBatch()
    return {
      flows: Float64Array.from(flows),
      requests: Float64Array.from(requests),
      connectMs: Float64Array.from(connects),
      dropped: Float64Array.from(dropped),
      symptoms,
      started,
      cut: new Float64Array(),
      cutRequests: undefined,
      inFlight: this.#inFlight,
      oldest: new Float64Array(),
      busy: 0,
      lagMs: 0,
      cpuMs: 0,
      elapsedMs: 0,
    }
  }

  /** At the end: flows that were begun and never ended, which k6 interrupted then. Those that had taken less than `leastMs` count as if just begun. */
  cutOff(leastMs = 0): Batch {
    const endMs = this.#latestAt - (this.#startedAt ?? 0)
    const cut = [...this.#open].flatMap(([place, starts]) => {
      const [executor = -1, cell = -1] = place.split(' ').map(Number)
      return starts.flatMap((startMs) => [
        executor,
        cell,
        startMs,
        endMs - startMs < leastMs ? 0 : endMs - startMs,
      ])
    })
    this.#open.clear()
    return { ...this.batch(), cut: Float64Array.from(cut) }
  }

  #takePoint(point: Point): void {
    this.#startedAt ??= point.atMs
    this.#latestAt = Math.max(this.#latestAt, point.atMs)
    const { metric, value, tags } = point
    if (metric === 'vus') this.#inFlight = value
    // What was asked to sign in is no load.
    if (tags['group'] === '::setup' || tags['name']?.startsWith(signInTag)) return
    if (metric === 'dropped_iterations') {
      const executor = this.#executorOf(tags)
      this.#pending.dropped.push(executor, unknownCell, value)
    } else if (metric === begunMetric) this.#takeBegun(point)
    else if (metric === flowMetric) this.#takeFlow(point)
    else if (metric === failureMetric) this.#takeExample(tags)
    else if (metric.startsWith('http_req')) this.#takeRequest(metric, value, tags)
    else if (metric === 'data_sent' || metric === 'data_received') this.#takeBytes(point)
  }

  #takeFlow({ value, atMs, tags }: Point): void {
    const { executor, cell } = this.#placeOf(tags)
    const endMs = atMs - (this.#startedAt ?? atMs)
    const startMs = Math.max(0, endMs - value)
    const symptom = tags['symptom'] ? this.#numberOf(tags['symptom']) : 0
    this.#closeBegun(`${executor} ${cell}`, startMs)
    this.#pending.started += 1
    this.#pending.flows.push(executor, cell, startMs, value, 0, symptom)
    if (symptom !== 0) this.#describe(tags, tags['symptom'] ?? '')
  }

  #takeBegun({ atMs, tags }: Point): void {
    const { executor, cell } = this.#placeOf(tags)
    const place = `${executor} ${cell}`
    const starts = this.#open.get(place) ?? []
    this.#open.set(place, starts)
    starts.push(atMs - (this.#startedAt ?? atMs))
  }

  /** Which of them it was k6 does not say: the one that was begun next to when it must have been. */
  #closeBegun(place: string, startMs: number): void {
    const starts = this.#open.get(place)
    if (!starts) return
    const away = starts.map((ms) => Math.abs(ms - startMs))
    const nearest = away.indexOf(Math.min(...away))
    if (nearest >= 0) starts.splice(nearest, 1)
  }

  #takeExample(tags: Point['tags']): void {
    this.#described.delete(tags['symptom'] ?? '')
    this.#describe(tags, tags['message'] ?? '')
  }

  #describe(tags: Point['tags'], message: string): void {
    const symptom = tags['symptom'] ?? ''
    if (this.#described.has(symptom)) return
    this.#described.add(symptom)
    const place = this.#placeOf(tags)
    const text = this.#redactor.text(message)
    const seen: SymptomSeen = { number: this.#numberOf(symptom), symptom, message: text, ...place }
    const open = this.#pending.symptoms.findIndex((one) => one.symptom === symptom)
    if (open >= 0) this.#pending.symptoms[open] = seen
    else this.#pending.symptoms.push(seen)
  }

  #takeRequest(metric: string, value: number, tags: Point['tags']): void {
    if (metric === 'http_reqs') {
      this.#endRequest()
      this.#request = { ...this.#placeOf(tags), ...noTimes }
      return
    }
    const request = this.#request
    if (!request) return
    if (metric === 'http_req_duration') request.durationMs = value
    else if (metric === 'http_req_blocked') request.blockedMs = value
    else if (metric === 'http_req_connecting') request.connectingMs = value
    else if (metric === 'http_req_waiting') request.waitingMs = value
    else if (metric === 'http_req_failed') request.failed = value
  }

  #endRequest(): void {
    const request = this.#request
    if (!request) return
    this.#request = undefined
    const { executor, cell, durationMs, blockedMs, connectingMs, waitingMs, failed } = request
    const { sent, received } = this.#owed.get(`${executor} ${cell}`) ?? { sent: 0, received: 0 }
    this.#owed.delete(`${executor} ${cell}`)
    const phases = [durationMs, blockedMs, waitingMs]
    this.#pending.requests.push(executor, cell, ...phases, failed, sent, received)
    if (connectingMs > 0) this.#pending.connects.push(connectingMs)
  }

  /** k6 counts bytes for each flow, after its requests: they go to the last of these, or to the next where that is gone already. */
  #takeBytes({ metric, value, tags }: Point): void {
    const { executor, cell } = this.#placeOf(tags)
    this.#endRequest()
    const { requests } = this.#pending
    const at = requests.length - requestStride
    const isSame = at >= 0 && requests[at] === executor && requests[at + 1] === cell
    const offset = metric === 'data_sent' ? sentAt : receivedAt
    if (isSame) requests[at + offset] = (requests[at + offset] ?? 0) + value
    else {
      const key = `${executor} ${cell}`
      const owed = this.#owed.get(key) ?? { sent: 0, received: 0 }
      owed[metric === 'data_sent' ? 'sent' : 'received'] += value
      this.#owed.set(key, owed)
    }
  }

  #executorOf(tags: Point['tags']): number {
    return this.#executors.findIndex(({ name }) => name === tags['scenario'])
  }

  #placeOf(tags: Point['tags']): { executor: number; cell: number } {
    const executor = this.#executorOf(tags)
    const cells = this.#executors[executor]?.cells ?? []
    const cell = cells.findIndex(
      ({ flow, actor }) => flow === tags['flow'] && actor === tags['actor'],
    )
    return { executor, cell }
  }

  #numberOf(symptom: string): number {
    const number = this.#numbers.get(symptom) ?? this.#numbers.size + 1
    this.#numbers.set(symptom, number)
    return number
  }
}

const noTimes = { durationMs: 0, blockedMs: 0, connectingMs: 0, waitingMs: 0, failed: 0 }

function emptyBatch() {
  return {
    flows: [] as number[],
    requests: [] as number[],
    connects: [] as number[],
    dropped: [] as number[],
    symptoms: [] as SymptomSeen[],
    started: 0,
  }
}

/** Undefined for lines that declare a metric. */
function pointOf(line: string): Point | 'strange' | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return 'strange'
  }
  const { type, metric, data } = (parsed ?? {}) as Partial<Line>
  if (type === 'Metric') return undefined
  const atMs = Date.parse(data?.time ?? '')
  const { value, tags } = data ?? {}
  if (type !== 'Point' || typeof metric !== 'string') return 'strange'
  if (typeof value !== 'number' || Number.isNaN(atMs)) return 'strange'
  return { metric, value, atMs, tags: tags ?? {} }
}

interface Line {
  readonly type: string
  readonly metric: string
  readonly data: {
    readonly time?: string
    readonly value?: number
    readonly tags?: Readonly<Record<string, string>> | null
  }
}
