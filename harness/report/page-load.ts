import type { EventOf } from '../core/index.ts'

/** Load over a span of about a second; of longer runs over several. Rates are per second. */
export interface LoadSpan {
  readonly atMs: number
  readonly seconds: number
  /** What the profile asks for; null of closed models. */
  readonly wanted: number | null
  readonly started: number
  readonly ended: number
  readonly failed: number
  readonly dropped: number
  readonly inFlight: number
  /** In ms, of the flow that took longest. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

const mostSpans = 600
const shortest = 0.5

/** The seconds of a load. Holds at most 600 spans, however long it is: then two become one. */
export class LoadFold {
  #spans: LoadSpan[] = []
  #secondsEach = 1
  #pending: LoadSpan | undefined

  take(event: EventOf<'load.second'>): void {
    const { atMs, overMs = 1_000, wanted, inFlight, flows } = event
    const seconds = Math.max(1, overMs) / 1_000
    const worst = (of: 'p50' | 'p95' | 'p99') => Math.max(0, ...flows.map((flow) => flow[of]))
    const percentiles = { p50: worst('p50'), p95: worst('p95'), p99: worst('p99') }
    const rate = (of: 'started' | 'ended' | 'failed' | 'dropped') => event[of] / seconds
    const span = {
      atMs,
      seconds,
      wanted: wanted ?? null,
      started: rate('started'),
      ended: rate('ended'),
      failed: rate('failed'),
      dropped: rate('dropped'),
      inFlight,
      ...percentiles,
    }
    // The moment with which a load ends says little by itself.
    const before = seconds < shortest && !this.#pending ? this.#spans.pop() : undefined
    this.#add(before ? joined(before, span) : span)
  }

  data(): LoadSpan[] {
    return this.#pending ? [...this.#spans, this.#pending] : [...this.#spans]
  }

  #add(span: LoadSpan): void {
    const sum = this.#pending ? joined(this.#pending, span) : span
    this.#pending = sum.seconds < this.#secondsEach ? sum : undefined
    if (!this.#pending) this.#spans.push(sum)
    if (this.#spans.length < mostSpans) return
    this.#secondsEach *= 2
    this.#spans = this.#spans.flatMap((one, i) => {
      const next = this.#spans[i + 1]
      return i % 2 === 0 ? [next ? joined(one, next) : one] : []
    })
  }
}

function joined(a: LoadSpan, b: LoadSpan): LoadSpan {
  const seconds = a.seconds + b.seconds
  const rate = (of: 'started' | 'ended' | 'failed' | 'dropped') =>
    (a[of] * a.seconds + b[of] * b.seconds) / seconds
  return {
    atMs: b.atMs,
    seconds,
    wanted: b.wanted,
    started: rate('started'),
    ended: rate('ended'),
    failed: rate('failed'),
    dropped: rate('dropped'),
    inFlight: Math.max(a.inFlight, b.inFlight),
    p50: Math.max(a.p50, b.p50),
    p95: Math.max(a.p95, b.p95),
    p99: Math.max(a.p99, b.p99),
  }
}
