import type { SampleRecord } from '../core/index.ts'

/** One line of the timeline; every list has one entry for each bucket. */
export interface TimelineSeries {
  readonly flow: string
  readonly requests: readonly number[]
  readonly errors: readonly number[]
  /** In ms; null where nothing was asked. Correct to 5 %. */
  readonly p50: readonly (number | null)[]
  readonly p95: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
}

export interface Timeline {
  readonly bucketMs: number
  readonly buckets: number
  /** The first is over all flows, its `flow` is ''. */
  readonly series: readonly TimelineSeries[]
}

const finestMs = 250
/** When a run grows longer than this many buckets, two become one. */
const mostBuckets = 360
/** Bounds of neighbouring bins of latency lie 5 % apart. */
const binRatio = Math.log(1.05)

interface Bucket {
  requests: number
  errors: number
  readonly bins: Map<number, number>
}

/** Flow runs by the time at which they began. Holds at most 360 buckets a flow, however long the run is. */
export class TimelineFold {
  #bucketMs = finestMs
  #last = -1
  readonly #flows = new Map<string, Bucket[]>([['', []]])

  take(sample: SampleRecord): void {
    while (sample.startMs / this.#bucketMs >= mostBuckets) this.#halve()
    const index = Math.max(0, Math.floor(sample.startMs / this.#bucketMs))
    this.#last = Math.max(this.#last, index)
    for (const flow of ['', sample.flow]) {
      const buckets = this.#flows.get(flow) ?? []
      this.#flows.set(flow, buckets)
      const bucket = (buckets[index] ??= { requests: 0, errors: 0, bins: new Map() })
      bucket.requests += 1
      if (!sample.ok) bucket.errors += 1
      const bin = Math.ceil(Math.log(Math.max(0.01, sample.durationMs)) / binRatio)
      bucket.bins.set(bin, (bucket.bins.get(bin) ?? 0) + 1)
    }
  }

  data(): Timeline {
    const buckets = this.#last + 1
    const series = [...this.#flows].map(([flow, own]) => seriesOf(flow, own, buckets))
    return { bucketMs: this.#bucketMs, buckets, series }
  }

  #halve(): void {
    this.#bucketMs *= 2
    this.#last = Math.floor(this.#last / 2)
    for (const [flow, buckets] of this.#flows) this.#flows.set(flow, inPairs(buckets))
  }
}

function inPairs(buckets: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = []
  for (const [index, bucket] of buckets.entries()) {
    // Buckets in which nothing began are holes in the list.
    if (!(bucket as Bucket | undefined)) continue
    const at = Math.floor(index / 2)
    const target = (merged[at] ??= { requests: 0, errors: 0, bins: new Map() })
    target.requests += bucket.requests
    target.errors += bucket.errors
    for (const [bin, times] of bucket.bins)
      target.bins.set(bin, (target.bins.get(bin) ?? 0) + times)
  }
  return merged
}

function seriesOf(flow: string, own: readonly Bucket[], buckets: number): TimelineSeries {
  const all = Array.from({ length: buckets }, (_, index) => own[index])
  return {
    flow,
    requests: all.map((bucket) => bucket?.requests ?? 0),
    errors: all.map((bucket) => bucket?.errors ?? 0),
    p50: all.map((bucket) => percentile(bucket, 0.5)),
    p95: all.map((bucket) => percentile(bucket, 0.95)),
    p99: all.map((bucket) => percentile(bucket, 0.99)),
  }
}

/** Nearest rank: the smallest bound that at least the share `q` lies at or below. */
function percentile(bucket: Bucket | undefined, q: number): number | null {
  if (!bucket) return null
  const rank = Math.ceil(bucket.requests * q)
  let seen = 0
  for (const [bin, times] of [...bucket.bins].toSorted(([a], [b]) => a - b)) {
    seen += times
    if (seen >= rank) return Number(Math.exp(bin * binRatio).toPrecision(3))
  }
  return null
}
