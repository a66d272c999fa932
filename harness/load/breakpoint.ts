import type { BreakpointSearch } from '../core/index.ts'

/** What became of one rate. */
export type Trial = 'holds' | 'breaks' | 'unknown'

export interface BreakpointResult {
  /** The highest rate, in flows per second, that held; confirmed by a second try. Absent: not even `from` did. */
  readonly holdsAt?: number
  /** The lowest rate that did not. Absent: `to` held as well. */
  readonly breaksAt?: number
  /** Why the search ended without an answer. */
  readonly unknownAt?: number
  readonly trials: number
}

/** Rates are tried to the hundredth. */
const closest = 0.02

/**
 * Bisection between a rate that holds and one that breaks, until they are within `precision` of each other; then the one that held is
 * tried once more. One that does not hold again counts as breaking, and the search goes on below it. Ends where a trial says nothing.
 */
export async function searchBreakpoint(
  { from, to, precision = 0.1 }: BreakpointSearch,
  attempt: (rate: number) => Promise<Trial>,
): Promise<BreakpointResult> {
  const first = await attempt(from)
  if (first === 'unknown') return { unknownAt: from, trials: 1 }
  if (first === 'breaks') return { breaksAt: from, trials: 1 }
  /** Rates that held, the highest last; of them the first needs no second try: it is what was asked for. */
  const held = [from]
  let confirmed = from
  let broke: number | undefined
  for (let trials = 1; ; trials += 1) {
    const low = held.at(-1) ?? from
    const isFound =
      broke === undefined ? low === to : broke - low <= Math.max(broke * precision, closest)
    const breaksAt = broke === undefined ? {} : { breaksAt: broke }
    if (isFound && low === confirmed) return { holdsAt: low, ...breaksAt, trials }
    const rate = isFound ? low : broke === undefined ? to : middle(low, broke)
    const trial = await attempt(rate)
    if (trial === 'unknown') {
      const holdsAt = rate === low ? {} : { holdsAt: low }
      return { ...holdsAt, ...breaksAt, unknownAt: rate, trials: trials + 1 }
    }
    if (trial === 'breaks') {
      broke = rate
      if (rate === low) held.pop()
    } else if (rate === low) confirmed = low
    else held.push(rate)
  }
}

function middle(low: number, high: number): number {
  return Math.round(((low + high) / 2) * 100) / 100
}
