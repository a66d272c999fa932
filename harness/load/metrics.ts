import { build, type Histogram } from 'hdr-histogram-js'
import {
  flowFault,
  type CellId,
  type Exchange,
  type LoadLatencyFigures as LatencyFigures,
  type LoadPhase,
  type LoadRequestFigures,
} from '../core/index.ts'
import {
  cutRequestStride,
  cutStride,
  droppedStride,
  flowStride,
  requestStride,
  type Batch,
} from './batch.ts'
import { tagNames, type MetricName, type Tags } from './metric-names.ts'
import { cellsUnderWay, type PlannedExecutor } from './runner.ts'
import type { Strain, StrainedSecond } from './self-check.ts'
import type { Aggregation, ReadFigure } from './thresholds.ts'

/** A flow that ended, as the judge takes it. */
export interface LoadSample extends CellId {
  readonly window: string
  readonly startMs: number
  readonly durationMs: number
  /** How late it was started. */
  readonly lateMs: number
  readonly symptom?: string
}

/** What was seen of a kind of failure first. */
export interface FailureExample extends CellId {
  readonly symptom: string
  readonly message: string
  readonly exchange?: Exchange
}

const unit = 1_000
/** Three digits are kept: a figure is within 0.1 % of what was measured. */
const digits = 3
const mostExamples = 20
/** Longer than any limit. */
const endlessMs = 86_400_000
/** Who waits longer than this for a connection waits for one that is in use, and not for one that is being opened. */
const longWaitMs = 10

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    numberOfSignificantValueDigits: digits,
    autoResize: true,
  })
}

function put(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.max(0, Math.round(ms * unit)))
}

/** One cell of one executor in one window. */
class Series {
  readonly tags: Tags
  readonly duration = newHistogram()
  readonly request = newHistogram()
  readonly blocked = newHistogram()
  readonly waiting = newHistogram()
  flows = 0
  failed = 0
  dropped = 0
  /** How long flows had taken that were cut off at the end, in ms. */
  readonly cutMs: number[] = []
  /** The same of their requests, and of those that were still waiting for a connection. */
  readonly cutRequestsMs: number[] = []
  readonly cutBlockedMs: number[] = []
  requestsFailed = 0
  sent = 0
  received = 0
  readonly symptoms = new Map<string, number>()

  constructor(tags: Tags) {
    this.tags = tags
  }
}

/** What happened in a second, of one flow. */
export interface FlowSecond extends LatencyFigures {
  readonly flow: string
  readonly count: number
  readonly failed: number
}

export interface LoadSecond {
  readonly started: number
  readonly ended: number
  readonly failed: number
  readonly dropped: number
  readonly inFlight: number
  readonly requests: number
  readonly symptoms: Readonly<Record<string, number>>
  readonly flows: readonly FlowSecond[]
}

/** What counts for a window, and since when; its series by executor and cell. */
interface LoadSpan {
  readonly tags: Pick<Tags, 'window' | 'step'>
  readonly fromMs: number
  readonly rows: Series[][]
}

/** All that a load measured. Its size depends on the cells and windows, not on how long the load runs. */
export class LoadMetrics {
  onSample: ((sample: LoadSample) => void) | undefined
  readonly examples: FailureExample[] = []
  readonly #executors: readonly PlannedExecutor[]
  readonly #series: Series[] = []
  /** In the order in which they were opened, the last one open. */
  readonly #windows: LoadSpan[] = [{ tags: { window: 'load' }, fromMs: -Infinity, rows: [] }]
  readonly #connecting = newHistogram()
  readonly #late = newHistogram()
  readonly #names = new Map<number, string[]>()
  readonly #inFlight = new Map<number, number>()
  readonly #oldest = new Map<number, Float64Array>()
  #started = 0
  #cut = 0
  #cutRequests = 0
  /** Nothing is known of requests that were cut off: each flow that was stands for one. */
  #isCutByFlow = false
  #second = newSecond()
  #strain: Strain = calm
  /** Requests that were answered since strain was asked for, and those of them that mostly waited for a connection of ours. */
  #answered = 0
  #short = 0
  #cpuMs = 0
  /** Since when rates are counted, and until when. */
  #elapsedMs = 0
  /** When the last flow that has ended was due. */
  #latestMs = 0

  constructor(executors: readonly PlannedExecutor[]) {
    this.#executors = executors
  }

  get started(): number {
    return this.#started
  }

  get cut(): number {
    return this.#cut
  }

  /** Requests that were under way when their flows were cut off. */
  get cutRequests(): number {
    return this.#cutRequests
  }

  get cpuMs(): number {
    return this.#cpuMs
  }

  get inFlight(): number {
    return [...this.#inFlight.values()].reduce((sum, count) => sum + count, 0)
  }

  /** How late flows were started, in ms. NaN when none was. */
  get late(): LatencyFigures {
    return figuresOf(this.#late)
  }

  /** When the flow of a cell that is under way for longest was started, in ms of the load; Infinity where there is none. */
  oldestOf({ flow, actor }: CellId): number {
    const place = cellsUnderWay(this.#executors).findIndex(
      (cell) => cell.flow === flow && cell.actor === actor,
    )
    return Math.min(...[...this.#oldest.values()].map((list) => list[place] ?? Infinity))
  }

  /** What threads went through since this was last asked. */
  takeStrain(): StrainedSecond {
    const strain = { ...this.#strain, short: this.#short / Math.max(1, this.#answered) }
    this.#strain = calm
    this.#answered = 0
    this.#short = 0
    return strain
  }

  /** Flows that are to start from then on, in ms of the load, count for this window, and the step that it is about; requests do from now on. */
  openWindow(window: string, fromMs: number, step?: string): void {
    const tags = step === undefined ? { window } : { window, step }
    this.#windows.push({ tags, fromMs, rows: [] })
  }

  set elapsedMs(ms: number) {
    this.#elapsedMs = ms
  }

  take(thread: number, batch: Batch): void {
    this.#started += batch.started
    this.#second.started += batch.started
    this.#cpuMs += batch.cpuMs
    this.#strain = worse(this.#strain, batch)
    this.#inFlight.set(thread, batch.inFlight)
    this.#oldest.set(thread, batch.oldest)
    this.#learn(thread, batch)
    this.#takeFlows(thread, batch.flows)
    this.#takeRequests(batch.requests)
    for (const ms of batch.connectMs) put(this.#connecting, ms)
    for (let i = 0; i < batch.dropped.length; i += droppedStride) {
      const count = batch.dropped[i + 2] ?? 0
      this.#at(batch.dropped, i).dropped += count
      this.#second.dropped += count
    }
    for (let i = 0; i < batch.cut.length; i += cutStride) {
      this.#cut += 1
      this.#at(batch.cut, i, batch.cut[i + 2]).cutMs.push(batch.cut[i + 3] ?? 0)
    }
    this.#takeCutRequests(batch.cutRequests)
  }

  /** The last second, and begins the next. */
  takeSecond(): LoadSecond {
    const { flows, symptoms, ...counts } = this.#second
    this.#second = newSecond()
    return {
      ...counts,
      inFlight: this.inFlight,
      symptoms: Object.fromEntries(symptoms),
      flows: [...flows].map(([flow, { histogram, failed }]) => ({
        flow,
        count: histogram.totalCount,
        failed,
        ...figuresOf(histogram),
      })),
    }
  }

  /** Figures of each cell in each window, executors together. */
  cells(): CellFigures[] {
    // What maxDuration did not allow, and what a k6 dropped, is of no cell.
    const known = [...this.#series].filter(({ tags }) => tags.flow !== '')
    const groups = Map.groupBy(known, ({ tags }) => `${tags.flow} × ${tags.actor} × ${tags.window}`)
    return [...groups.values()].map((list) => {
      const { flow = '', actor = '', window = '' } = list[0]?.tags ?? {}
      const symptoms: Record<string, number> = {}
      for (const series of list) {
        for (const [name, count] of series.symptoms) symptoms[name] = (symptoms[name] ?? 0) + count
      }
      return {
        flow,
        actor,
        window,
        count: total(list, (one) => one.flows),
        failed: total(list, (one) => one.failed),
        dropped: total(list, (one) => one.dropped),
        symptoms,
        ...figuresOf(merged(list.map((one) => one.duration))),
      }
    })
  }

  /** Of the whole load. Undefined when none was made. */
  requests(): LoadRequestFigures | undefined {
    const all = (of: (series: Series) => Histogram) => merged(this.#series.map(of))
    const phases: readonly [LoadPhase, Histogram][] = [
      ['wait', all(({ blocked }) => blocked)],
      ['connect', this.#connecting],
      ['first byte', all(({ waiting }) => waiting)],
      ['total', all(({ request }) => request)],
    ]
    const count = total(this.#series, ({ request }) => request.totalCount)
    if (count === 0) return undefined
    return {
      count,
      failed: total(this.#series, ({ requestsFailed }) => requestsFailed),
      sentBytes: total(this.#series, ({ sent }) => sent),
      receivedBytes: total(this.#series, ({ received }) => received),
      phases: phases.flatMap(([phase, histogram]) =>
        histogram.totalCount === 0 ? [] : [{ phase, ...figuresOf(histogram) }],
      ),
    }
  }

  readonly read: ReadFigure = (metric, tags, aggregation) => {
    if (metric === 'http_req_connecting') return trend(this.#connecting, aggregation)
    const selected = this.#selected(tags)
    return selected.length === 0 ? undefined : this.#figure(metric, tags, selected, aggregation)
  }

  /**
   * How many flows were cut off that count, of metrics of requests how many requests: they had taken longer than 95 % of those that ended.
   * What would have become of them nobody knows; of the others, that they are like those that ended.
   */
  readonly overdue = (metric: MetricName, tags: Tags): number => {
    const list = this.#selected(tags)
    const [ended, cut] = endedAndCut(this.#isCutByFlow ? 'iterations' : metric)
    const all = merged(list.map(ended))
    const usualMs = all.totalCount === 0 ? -1 : all.getValueAtPercentile(95) / unit
    return total(list, (one) => cut(one).filter((ms) => ms > usualMs).length)
  }

  /** The figure that it would be if all of these had failed, and never ended. */
  readonly readAtWorst: ReadFigure = (metric, tags, aggregation) => {
    const value = this.read(metric, tags, aggregation)
    const overdue = this.overdue(metric, tags)
    if (overdue === 0 || value === undefined) return value
    const list = this.#selected(tags)
    const histogram = histogramOf(metric)
    if (histogram) {
      const all = merged([...list.map(histogram), newHistogram()])
      all.recordValueWithCount(endlessMs * unit, overdue)
      return trend(all, aggregation)
    }
    const flows = total(list, (one) => one.flows)
    const requests = total(list, (one) => one.request.totalCount)
    if (metric === 'checks') return (value * flows) / (flows + overdue)
    if (metric === 'http_req_failed') return (value * requests + overdue) / (requests + overdue)
    return value
  }

  /** Flows that ended, those of them that failed, and those that threw something of their own. */
  seen(tags: Tags): Readonly<Record<'count' | 'failed' | 'faults', number>> {
    const list = this.#selected(tags)
    return {
      count: total(list, (one) => one.flows),
      failed: total(list, (one) => one.failed),
      faults: total(list, (one) => one.symptoms.get(flowFault) ?? 0),
    }
  }

  /** Flows of that kind of which none of these tags speaks. */
  besides(kind: 'failed' | 'dropped', spoken: readonly Tags[]): number {
    const told = new Set(spoken.flatMap((tags) => this.#selected(tags)))
    return total(
      this.#series.filter((one) => !told.has(one)),
      (one) => one[kind],
    )
  }

  /** What did not allow the flows that were dropped. */
  limitsOfDropped(): 'maxVUs' | 'maxDuration' | 'both' {
    const executors = this.#executors.filter(({ name }) =>
      this.#selected({ executor: name }).some(({ dropped }) => dropped > 0),
    )
    const isOpen = executors.map(({ executor }) => 'preAllocatedVUs' in executor)
    if (isOpen.every((one) => one)) return 'maxVUs'
    return isOpen.includes(true) ? 'both' : 'maxDuration'
  }

  #selected(tags: Tags): Series[] {
    return this.#series.filter((series) =>
      Object.entries(tags).every(([name, value]) => series.tags[name as keyof Tags] === value),
    )
  }

  #figure(
    metric: MetricName,
    tags: Tags,
    list: readonly Series[],
    aggregation: Aggregation,
  ): number | undefined {
    const flows = total(list, (one) => one.flows)
    const requests = total(list, (one) => one.request.totalCount)
    const seconds = this.#secondsOf(tags)
    const counter = (count: number) => {
      if (aggregation.kind === 'count') return count
      return seconds === 0 ? undefined : count / seconds
    }
    const histogram = histogramOf(metric)
    if (histogram) return trend(merged(list.map(histogram)), aggregation)
    switch (metric) {
      case 'checks':
        return flows === 0 ? undefined : (flows - total(list, (one) => one.failed)) / flows
      case 'http_req_failed':
        return requests === 0 ? undefined : total(list, (one) => one.requestsFailed) / requests
      case 'iterations':
        return counter(flows)
      case 'dropped_iterations':
        return counter(total(list, (one) => one.dropped))
      case 'http_reqs':
        return counter(requests)
      case 'data_sent':
        return counter(total(list, (one) => one.sent))
      case 'data_received':
        return counter(total(list, (one) => one.received))
      default:
        return undefined
    }
  }

  /** How long the windows were open that these tags name; without such a tag the whole load. */
  #secondsOf({ window, step }: Tags): number {
    const lengths = this.#windows.map(({ tags, fromMs }, i) => {
      const isMeant =
        (window === undefined || tags.window === window) &&
        (step === undefined || tags.step === step)
      const untilMs = Math.min(this.#windows[i + 1]?.fromMs ?? Infinity, this.#elapsedMs)
      return isMeant ? Math.max(0, untilMs - Math.max(0, fromMs)) : 0
    })
    return lengths.reduce((sum, ms) => sum + ms, 0) / 1_000
  }

  #learn(thread: number, batch: Batch): void {
    const names = this.#names.get(thread) ?? []
    this.#names.set(thread, names)
    for (const { number, symptom, executor, cell, message, exchange } of batch.symptoms) {
      names[number] = symptom
      const id = this.#executors[executor]?.cells[cell]
      const isNew = !this.examples.some((one) => one.symptom === symptom)
      if (!id || !isNew || this.examples.length >= mostExamples) continue
      const { flow, actor } = id
      this.examples.push({ flow, actor, symptom, message, ...(exchange ? { exchange } : {}) })
    }
  }

  #takeFlows(thread: number, list: Float64Array): void {
    for (let i = 0; i < list.length; i += flowStride) {
      const startMs = list[i + 2] ?? 0
      this.#latestMs = Math.max(this.#latestMs, startMs)
      const series = this.#at(list, i, startMs)
      const durationMs = list[i + 3] ?? 0
      const lateMs = list[i + 4] ?? 0
      const number = list[i + 5] ?? 0
      put(series.duration, durationMs)
      put(this.#late, lateMs)
      series.flows += 1
      const symptom = number === 0 ? undefined : this.#names.get(thread)?.[number]
      if (symptom !== undefined) {
        series.failed += 1
        series.symptoms.set(symptom, (series.symptoms.get(symptom) ?? 0) + 1)
      }
      this.#countSecond(series.tags.flow ?? '', durationMs, symptom)
      if (!this.onSample) continue
      const { flow = '', actor = '', window = '' } = series.tags
      const sample = { flow, actor, window, startMs, durationMs, lateMs }
      this.onSample(symptom === undefined ? sample : { ...sample, symptom })
    }
  }

  #takeRequests(list: Float64Array): void {
    for (let i = 0; i < list.length; i += requestStride) {
      const series = this.#at(list, i)
      const durationMs = list[i + 2] ?? 0
      const blockedMs = list[i + 3] ?? 0
      put(series.request, durationMs)
      put(series.blocked, blockedMs)
      put(series.waiting, list[i + 4] ?? 0)
      series.requestsFailed += list[i + 5] ?? 0
      series.sent += list[i + 6] ?? 0
      series.received += list[i + 7] ?? 0
      this.#second.requests += 1
      // Where nothing answers, connections are not what is missing.
      if (list[i + 5] === 1) continue
      this.#answered += 1
      if (blockedMs > longWaitMs && blockedMs * 2 > durationMs) this.#short += 1
    }
  }

  #takeCutRequests(list: Float64Array | undefined): void {
    if (!list) return void (this.#isCutByFlow = true)
    for (let i = 0; i < list.length; i += cutRequestStride) {
      this.#cutRequests += 1
      const durationMs = list[i + 2] ?? 0
      const series = this.#at(list, i, this.#toldMs - durationMs)
      series.cutRequestsMs.push(durationMs)
      if (list[i + 3] === durationMs) series.cutBlockedMs.push(durationMs)
    }
  }

  #countSecond(flow: string, durationMs: number, symptom: string | undefined): void {
    const second = this.#second
    const one = second.flows.get(flow) ?? { histogram: newHistogram(), failed: 0 }
    second.flows.set(flow, one)
    put(one.histogram, durationMs)
    second.ended += 1
    if (symptom === undefined) return
    one.failed += 1
    second.failed += 1
    second.symptoms.set(symptom, (second.symptoms.get(symptom) ?? 0) + 1)
  }

  /** When what comes now is told of. */
  get #toldMs(): number {
    return Math.max(this.#latestMs, this.#elapsedMs)
  }

  /** Requests, and what was never started, are of the window that had begun when they were told of. */
  #at(list: Float64Array, i: number, startMs = this.#toldMs): Series {
    const executor = list[i] ?? 0
    const cell = list[i + 1] ?? 0
    const span = this.#windows.findLast(({ fromMs }) => fromMs <= startMs) as LoadSpan
    const row = (span.rows[executor] ??= [])
    return (row[cell] ??= this.#open(executor, cell, span))
  }

  #open(executor: number, cell: number, span: LoadSpan): Series {
    const planned = this.#executors[executor]
    const { flow = '', actor = '' } = planned?.cells[cell] ?? {}
    const tags: Tags = { flow, actor, executor: planned?.name ?? '', ...span.tags }
    // A window that is opened again goes on.
    const known = this.#series.find((one) =>
      tagNames.every((name) => one.tags[name] === tags[name]),
    )
    if (known) return known
    const series = new Series(tags)
    this.#series.push(series)
    return series
  }
}

/** What a trend of series is read from. */
function histogramOf(metric: MetricName): ((series: Series) => Histogram) | undefined {
  switch (metric) {
    case 'iteration_duration':
      return ({ duration }) => duration
    case 'http_req_duration':
      return ({ request }) => request
    case 'http_req_blocked':
      return ({ blocked }) => blocked
    case 'http_req_waiting':
      return ({ waiting }) => waiting
    default:
      return undefined
  }
}

/** What a metric is about that ended, and what of it was cut off. */
function endedAndCut(
  metric: MetricName,
): readonly [(series: Series) => Histogram, (series: Series) => readonly number[]] {
  if (!metric.startsWith('http_req')) return [({ duration }) => duration, ({ cutMs }) => cutMs]
  const request = (series: Series) => series.request
  return metric === 'http_req_blocked'
    ? [request, ({ cutBlockedMs }) => cutBlockedMs]
    : [request, ({ cutRequestsMs }) => cutRequestsMs]
}

const calm: Strain = { busy: 0, cpu: 0, lagMs: 0 }

function worse(before: Strain, { busy, cpuMs, elapsedMs, lagMs }: Batch): Strain {
  return {
    busy: Math.max(before.busy, busy),
    cpu: Math.max(before.cpu, elapsedMs > 0 ? Math.min(1, cpuMs / elapsedMs) : 0),
    lagMs: Math.max(before.lagMs, lagMs),
  }
}

export interface CellFigures extends CellId, LatencyFigures {
  readonly window: string
  readonly count: number
  readonly failed: number
  readonly dropped: number
  readonly symptoms: Readonly<Record<string, number>>
}

interface OpenSecond {
  started: number
  ended: number
  failed: number
  dropped: number
  requests: number
  symptoms: Map<string, number>
  flows: Map<string, { histogram: Histogram; failed: number }>
}

function newSecond(): OpenSecond {
  return {
    started: 0,
    ended: 0,
    failed: 0,
    dropped: 0,
    requests: 0,
    symptoms: new Map(),
    flows: new Map(),
  }
}

function total(list: readonly Series[], of: (series: Series) => number): number {
  return list.reduce((sum, series) => sum + of(series), 0)
}

function merged(list: readonly Histogram[]): Histogram {
  if (list.length === 1 && list[0]) return list[0]
  const all = newHistogram()
  for (const histogram of list) if (histogram.totalCount > 0) all.add(histogram)
  return all
}

function trend(histogram: Histogram, aggregation: Aggregation): number | undefined {
  if (histogram.totalCount === 0) return undefined
  switch (aggregation.kind) {
    case 'avg':
      return round(histogram.mean)
    case 'min':
      return round(histogram.getValueAtPercentile(0))
    case 'max':
      return round(histogram.getValueAtPercentile(100))
    case 'med':
      return round(histogram.getValueAtPercentile(50))
    case 'p':
      return round(histogram.getValueAtPercentile(aggregation.percentile))
    case 'count':
    case 'rate':
      return undefined
  }
}

function figuresOf(histogram: Histogram): LatencyFigures {
  const at = (percentile: number) => round(histogram.getValueAtPercentile(percentile))
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
}

function round(value: number): number {
  return Math.round(value / (unit / 100)) / 100
}
