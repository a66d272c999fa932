import { selects, type EventBody, type JournalEvent, type LoadThreshold } from '../core/index.ts'
import {
  endsTheLoad,
  evaluate,
  parseThreshold,
  thresholdsOf,
  type Aggregation,
  type Tags,
  type Threshold,
} from '../load/index.ts'
import type { Problem } from './problem.ts'

type Given = Readonly<Record<string, readonly LoadThreshold[]>>

/** What is known of flows alone, without looking at their requests. */
const metrics: readonly string[] = ['checks', 'iteration_duration', 'iterations']
const tagNames = ['flow', 'actor']

/** What is wrong with thresholds that a run is to keep. */
export function abortProblems(given: Given): Problem[] {
  return Object.entries(given).flatMap(([selector, list]) => {
    const path = `safety.thresholds['${selector}']`
    return list.flatMap((one): Problem[] => {
      const parsed = parseThreshold(selector, one)
      if (typeof parsed === 'string') {
        const [message = '', hint = ''] = parsed.split(/: (?=use )/)
        return [{ path, message, hint }]
      }
      const isKnown =
        metrics.includes(parsed.metric) &&
        Object.keys(parsed.tags).every((tag) => tagNames.includes(tag))
      const hint = `use ${metrics.join(', ')}, with the tags ${tagNames.join(' and ')}`
      return isKnown ? [] : [{ path, message: 'is not measured in a run', hint }]
    })
  })
}

interface Flown {
  readonly flow: string
  readonly actor: string
  readonly ok: boolean
  readonly durationMs: number
}

/** Thresholds over what flows did since the first step. Evaluated anew with each sample, in a second of which there are a few hundred at most. */
export class AbortConditions {
  readonly #thresholds: readonly Threshold[]
  readonly #flown: Flown[] = []
  #sinceMs = Infinity
  #elapsedMs = 0

  constructor(given: Given = {}) {
    this.#thresholds = thresholdsOf(given)
  }

  /** Flows count that start from now on. */
  begin(atMs: number): void {
    this.#sinceMs = Math.min(this.#sinceMs, atMs)
  }

  readonly listen = (event: JournalEvent): void => {
    if (event.kind !== 'sample' || this.#thresholds.length === 0) return
    this.#elapsedMs = event.atMs - this.#sinceMs
    if (event.startMs >= this.#sinceMs) this.#flown.push(event)
  }

  /** The first one that ends the run now. */
  get crossed(): EventBody<'safety.judged'> | undefined {
    const found = this.#thresholds.find((one) => endsTheLoad(one, this.#read, this.#elapsedMs))
    return found && { ...evaluate(found, this.#read), aborted: true }
  }

  /** All of them, by what was seen until now. */
  results(): EventBody<'safety.judged'>[] {
    return this.#thresholds.map((one) => ({ ...evaluate(one, this.#read), aborted: false }))
  }

  readonly #read = (metric: string, tags: Tags, aggregation: Aggregation): number | undefined => {
    const { flow, actor } = tags
    const selector = { ...(flow ? { flows: [flow] } : {}), ...(actor ? { actors: [actor] } : {}) }
    const flown = this.#flown.filter((one) => selects(selector, one))
    const count = flown.length
    if (metric === 'iterations') {
      return aggregation.kind === 'count' ? count : count / (this.#elapsedMs / 1000)
    }
    if (count === 0) return undefined
    if (metric === 'checks') return flown.filter(({ ok }) => ok).length / count
    return trendOf(
      flown.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b),
      aggregation,
    )
  }
}

/** Of numbers in ascending order, at least one. Percentiles lie on a straight line between neighbours, as in k6. */
function trendOf(sorted: readonly number[], aggregation: Aggregation): number {
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)] as number
    const above = sorted[Math.ceil(place)] as number
    return below + (above - below) * (place - Math.floor(place))
  }
  switch (aggregation.kind) {
    case 'p':
      return at(aggregation.percentile / 100)
    case 'med':
      return at(0.5)
    case 'min':
      return at(0)
    case 'max':
      return at(1)
    default:
      return sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
  }
}
