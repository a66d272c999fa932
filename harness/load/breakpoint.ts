import type { BreakpointSearch } from '../core/index.ts'

/** What became of one try of a rate. `unknown`: nothing could be told of the system at that rate. */
export type Trial = 'holds' | 'breaks' | 'unknown'

/** Rates in flows per second. What is found is that two tries of a rate agree on, unless the search had to end before. */
export interface BreakpointResult {
  /** The highest rate that held below all that did not. Absent: not even `from` did. */
  readonly holdsAt?: number
  /** The lowest rate that broke. Absent: none did. */
  readonly breaksAt?: number
  /** The lowest rate of which nothing could be told, where it is what bounds `holdsAt`. */
  readonly unknownAt?: number
  /** Why the search had to end: after this rate, not even `from` held any more. */
  readonly unrecoveredAfter?: number
  /** What is found is what was known then. */
  readonly interrupted?: true
  /** Tries, without those that only wait for the system to recover. */
  readonly trials: number
}

/** What a search is made with. */
export interface BreakpointTries {
  readonly attempt: (rate: number) => Promise<Trial>
  /** Waits until the system is again as it was before this rate. False when it is not within its time. */
  readonly recover: (after: number) => Promise<boolean>
  /** Ends the search with what is known by then. */
  readonly signal: AbortSignal
}

type Tries = ReadonlyMap<number, readonly Trial[]>

/** Rates are tried to the hundredth. */
const closest = 0.02

/**
 * Doubles the rate, which overloads the system by little, until one does not hold, and bisects from there until what holds and what does
 * not are within `precision` of each other. These two are then tried again until two tries of each agree, which the fourth does at the latest; a rate that
 * loses its place so sends the search on. A rate of which nothing can be told is not gone beyond. After each try that did not hold, the system recovers
 * first, so that no rate pays for the backlog of another.
 */
export async function searchBreakpoint(
  search: BreakpointSearch,
  { attempt, recover, signal }: BreakpointTries,
): Promise<BreakpointResult> {
  const tries = new Map<number, Trial[]>()
  let trials = 0
  /** The last try, where it did not hold. */
  let overloadedBy: number | undefined
  for (;;) {
    const interrupted = () => ({ ...found(tries), interrupted: true as const, trials })
    const rate = nextRate(search, tries)
    if (rate === undefined) return { ...found(tries), trials }
    if (signal.aborted) return interrupted()
    // Where `from` itself is in doubt there is nothing that could tell.
    const canTell = outcomeOf(tries.get(search.from)) === 'holds'
    if (canTell && overloadedBy !== undefined && !(await recover(overloadedBy))) {
      if (signal.aborted) return interrupted()
      return { ...found(tries), unrecoveredAfter: overloadedBy, trials }
    }
    const trial = await attempt(rate)
    // What was cut off tells nothing of the rate.
    if (signal.aborted) return interrupted()
    trials += 1
    overloadedBy = trial === 'holds' ? undefined : rate
    tries.set(rate, [...(tries.get(rate) ?? []), trial])
  }
}

/** Undefined when the search is over. */
function nextRate(
  { from, to, precision = 0.1 }: BreakpointSearch,
  tries: Tries,
): number | undefined {
  const isDecided = (rate: number) => agreed(tries.get(rate)) !== undefined
  const inDoubt = [...tries].find(([, own]) => own.length > 1 && agreed(own) === undefined)
  if (inDoubt) return inDoubt[0]
  const { low, high } = bracket(tries)
  if (low === undefined) return isDecided(from) ? undefined : from
  if (high === undefined) return low < to ? Math.min(to, low * 2) : isDecided(to) ? undefined : to
  if (high - low > Math.max(high * precision, closest)) return middle(low, high)
  return [low, high].find((rate) => !isDecided(rate))
}

/** The lowest rate that does not hold, and the highest that holds below it. */
function bracket(tries: Tries): { readonly low?: number; readonly high?: number } {
  const rates = [...tries.keys()].toSorted((a, b) => a - b)
  const high = rates.find((rate) => outcomeOf(tries.get(rate)) !== 'holds')
  const low = rates.findLast((rate) => rate < (high ?? Infinity))
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}

function found(tries: Tries): Omit<BreakpointResult, 'trials'> {
  const { low, high } = bracket(tries)
  const breaks = [...tries.keys()].filter((rate) => outcomeOf(tries.get(rate)) === 'breaks')
  return {
    ...(low === undefined ? {} : { holdsAt: low }),
    ...(breaks.length === 0 ? {} : { breaksAt: Math.min(...breaks) }),
    ...(high === undefined || breaks.includes(high) ? {} : { unknownAt: high }),
  }
}

/** What two tries agree on, or the only one says. In doubt, nothing can be told. */
function outcomeOf(tries: readonly Trial[] = []): Trial {
  return agreed(tries) ?? (tries.length === 1 ? tries[0] : undefined) ?? 'unknown'
}

/** Undefined until two tries agree; there are only three things that they can say. */
function agreed(tries: readonly Trial[] = []): Trial | undefined {
  return tries.find((one, i) => tries.indexOf(one) < i)
}

function middle(low: number, high: number): number {
  return Math.round(((low + high) / 2) * 100) / 100
}
