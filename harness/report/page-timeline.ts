import type { SampleRecord } from '../core/index.ts'

/** One line of the timeline; every list has one entry for each bin. */
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
  /** Where bins begin, in ms, and where the last one ends: one more than there are bins. Empty where no flow ran. */
  readonly edgesMs: readonly number[]
  /** The first is over all flows, its `flow` is ''. */
  readonly series: readonly TimelineSeries[]
}

const finestMs = 250
/** When a run grows longer than this many buckets, two become one. */
const mostBuckets = 360
const mostCuts = 100
/** Bounds of neighbouring bins of latency lie 5 % apart. */
const binRatio = Math.log(1.05)

interface Bucket {
  requests: number
  errors: number
  readonly latencies: Map<number, number>
}

interface Place {
  /** Of the time, in steps of `#bucketMs`. */
  readonly index: number
  /** Cuts before it. */
  readonly cuts: number
}

interface Bin {
  readonly fromMs: number
  readonly toMs: number
  readonly places: readonly Place[]
}

/**
 * Flow runs over time: one that went well at its beginning, one that failed when the request that failed was sent, where that is known. Holds
 * at most 360 buckets a flow, however long the run is, and one more for each cut.
 */
export class TimelineFold {
  #bucketMs = finestMs
  #last = -1
  readonly #cuts: number[] = []
  readonly #flows = new Map<string, Map<number, Bucket>>([['', new Map()]])

  /** Something begins now that alters how things are: no bin has both what was before and what comes after. */
  cut(atMs: number): void {
    if (this.#cuts.length < mostCuts && atMs > (this.#cuts.at(-1) ?? 0)) this.#cuts.push(atMs)
  }

  take(sample: SampleRecord): void {
    const { startMs, durationMs, ok, exchange } = sample
    const atMs = Math.max(0, ok || !exchange ? startMs : startMs + durationMs - exchange.durationMs)
    while (atMs / this.#bucketMs >= mostBuckets) this.#halve()
    const index = Math.floor(atMs / this.#bucketMs)
    this.#last = Math.max(this.#last, index)
    const key = keyOf({ index, cuts: this.#cutsUntil(atMs) })
    const latency = Math.ceil(Math.log(Math.max(0.01, durationMs)) / binRatio)
    const one = { requests: 1, errors: ok ? 0 : 1, latencies: new Map([[latency, 1]]) }
    for (const flow of ['', sample.flow]) {
      const buckets = this.#flows.get(flow) ?? new Map<number, Bucket>()
      this.#flows.set(flow, buckets)
      addTo(buckets, key, one)
    }
  }

  data(): Timeline {
    const bins = this.#bins()
    const last = bins.at(-1)
    return {
      edgesMs: last ? [...bins.map(({ fromMs }) => fromMs), last.toMs] : [],
      series: [...this.#flows].map(([flow, own]) => seriesOf(flow, own, bins)),
    }
  }

  #cutsUntil(atMs: number): number {
    return this.#cuts.findLastIndex((cut) => cut <= atMs) + 1
  }

  /** As long as buckets, but cut where something was altered: what is left there of less than half a bucket goes to its neighbour on the same side. */
  #bins(): Bin[] {
    const endMs = (this.#last + 1) * this.#bucketMs
    const steps = Array.from({ length: this.#last + 2 }, (_, index) => index * this.#bucketMs)
    const edges = [...new Set([...steps, ...this.#cuts.filter((cut) => cut < endMs)])]
    const bins: Bin[] = []
    for (const [fromMs, toMs] of pairsOf(edges.toSorted((a, b) => a - b))) {
      const place = { index: Math.floor(fromMs / this.#bucketMs), cuts: this.#cutsUntil(fromMs) }
      const before = bins.at(-1)
      const isShort = (from: number, to: number) => to - from < this.#bucketMs / 2
      const joins =
        before?.places[0]?.cuts === place.cuts &&
        (isShort(fromMs, toMs) || isShort(before.fromMs, before.toMs))
      if (joins) bins.splice(-1, 1, { ...before, toMs, places: [...before.places, place] })
      else bins.push({ fromMs, toMs, places: [place] })
    }
    return bins
  }

  #halve(): void {
    this.#bucketMs *= 2
    this.#last = Math.floor(this.#last / 2)
    for (const [flow, buckets] of this.#flows) {
      const merged = new Map<number, Bucket>()
      for (const [key, bucket] of buckets) {
        const cuts = key % (mostCuts + 1)
        const index = Math.floor((key - cuts) / (mostCuts + 1) / 2)
        addTo(merged, keyOf({ index, cuts }), bucket)
      }
      this.#flows.set(flow, merged)
    }
  }
}

function keyOf({ index, cuts }: Place): number {
  return index * (mostCuts + 1) + cuts
}

function addTo(buckets: Map<number, Bucket>, key: number, more: Bucket): void {
  const bucket: Bucket = buckets.get(key) ?? { requests: 0, errors: 0, latencies: new Map() }
  buckets.set(key, bucket)
  bucket.requests += more.requests
  bucket.errors += more.errors
  for (const [latency, times] of more.latencies) {
    bucket.latencies.set(latency, (bucket.latencies.get(latency) ?? 0) + times)
  }
}

function pairsOf(edges: readonly number[]): [number, number][] {
  return edges.slice(1).map((to, i) => [edges[i] ?? 0, to])
}

function seriesOf(
  flow: string,
  own: ReadonlyMap<number, Bucket>,
  bins: readonly Bin[],
): TimelineSeries {
  const all = bins.map(({ places }) => {
    const inBin = new Map<number, Bucket>()
    for (const place of places) {
      const bucket = own.get(keyOf(place))
      if (bucket) addTo(inBin, 0, bucket)
    }
    return inBin.get(0)
  })
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
  for (const [latency, times] of [...bucket.latencies].toSorted(([a], [b]) => a - b)) {
    seen += times
    if (seen >= rank) return Number(Math.exp(latency * binRatio).toPrecision(3))
  }
  return null
}
