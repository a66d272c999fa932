/** Stands for the harness's own flows among those who ask, and for all external sites among those who are asked: no service has these names. */
export const actorsName = 'actors'
export const outsideName = 'outside'

export type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx'

/** What passed from one to another. */
export interface LinkCount {
  /** A service, or 'actors'. */
  readonly from: string
  /** A service, or 'outside'. */
  readonly to: string
  /** Requests that began. Those that are still on their way are in none of the other numbers. */
  readonly requests: number
  /** Answered in full. Classes that did not occur are absent. */
  readonly answers: Readonly<Partial<Record<StatusClass, number>>>
  /** Not answered, or not to the end: refused, reset, cut off, nobody there. */
  readonly errors: number
  /** Given up by who asked before there was an answer. */
  readonly abandoned: number
  /** Answers by how long they took until their last byte: `[ms, count]`, ascending; each took at most so many ms, and more than the bucket before. */
  readonly latency: readonly (readonly [upToMs: number, count: number])[]
}

/** One link, or all that a service asks. */
export type AmplificationTarget =
  { readonly link: { readonly from: string; readonly to: string } } | { readonly service: string }

/** Buckets grow by 2^(1/4), as in schema 2 of Prometheus's native histograms: what is read from them is at most 19 % too much. */
const perDoubling = 4
const firstIndex = -3 * perDoubling
/** From 1/8 ms to 131 s. */
export const latencyBuckets = 20 * perDoubling + 1

/** The bucket of a duration, from 0. */
export function latencyBucket(durationMs: number): number {
  const index = Math.ceil(Math.log2(durationMs) * perDoubling) - firstIndex
  return index > 0 ? Math.min(index, latencyBuckets - 1) : 0
}

/** The longest duration that a bucket holds, to three digits. */
export function latencyBound(bucket: number): number {
  return Number((2 ** ((bucket + firstIndex) / perDoubling)).toPrecision(3))
}

/** The duration that the share `quantile` of the answers did not exceed, in ms; undefined without answers. */
export function latencyQuantile(
  latency: LinkCount['latency'],
  quantile: number,
): number | undefined {
  const total = latency.reduce((sum, [, count]) => sum + count, 0)
  let rest = Math.max(1, Math.ceil(quantile * total))
  return latency.find(([, count]) => (rest -= count) <= 0)?.[0]
}

/** Requests that failed, of those that are over: errors, given up, and answers 5xx. */
export function linkFailures({ answers, errors, abandoned }: LinkCount): {
  readonly failed: number
  readonly ended: number
  /** Undefined when none is over. */
  readonly ratio?: number
} {
  const failed = errors + abandoned + (answers['5xx'] ?? 0)
  const answered = Object.values(answers).reduce((sum, count) => sum + count, 0)
  const ended = answered + errors + abandoned
  return { failed, ended, ...(ended === 0 ? {} : { ratio: failed / ended }) }
}

/** What of `later` is not in `earlier`, pair by pair; both count from the same start. Pairs between which nothing passed are left out. */
export function linkCountsSince(
  earlier: readonly LinkCount[],
  later: readonly LinkCount[],
): LinkCount[] {
  const known = new Map(earlier.map((one) => [keyOf(one), one]))
  return later.flatMap((one) => {
    const before = known.get(keyOf(one))
    const since = before ? combined(one, before, -1) : one
    const isNothing =
      since.requests + since.errors + since.abandoned === 0 && since.latency.length === 0
    return isNothing ? [] : [since]
  })
}

/** All together, pair by pair, in the order in which the pairs first occur. */
export function addLinkCounts(counts: Iterable<LinkCount>): LinkCount[] {
  const sums = new Map<string, LinkCount>()
  for (const one of counts) {
    const sum = sums.get(keyOf(one))
    sums.set(keyOf(one), sum ? combined(sum, one, 1) : one)
  }
  return [...sums.values()]
}

function keyOf({ from, to }: LinkCount): string {
  return `${from}>${to}`
}

function combined(a: LinkCount, b: LinkCount, sign: 1 | -1): LinkCount {
  const classes = [...new Set([...Object.keys(a.answers), ...Object.keys(b.answers)])].toSorted()
  const bounds = [...new Set([...a.latency, ...b.latency].map(([upToMs]) => upToMs))]
  const [ofA, ofB] = [new Map(a.latency), new Map(b.latency)]
  const some = <K>(keys: readonly K[], count: (key: K) => number) =>
    keys.flatMap((key): [K, number][] => (count(key) === 0 ? [] : [[key, count(key)]]))
  return {
    from: a.from,
    to: a.to,
    requests: a.requests + sign * b.requests,
    answers: Object.fromEntries(
      some(classes as StatusClass[], (key) => (a.answers[key] ?? 0) + sign * (b.answers[key] ?? 0)),
    ),
    errors: a.errors + sign * b.errors,
    abandoned: a.abandoned + sign * b.abandoned,
    latency: some(
      bounds.toSorted((x, y) => x - y),
      (upToMs) => (ofA.get(upToMs) ?? 0) + sign * (ofB.get(upToMs) ?? 0),
    ),
  }
}
