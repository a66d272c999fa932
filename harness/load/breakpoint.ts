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

/**
 * Bisection between a rate that holds and one that breaks, until they are within `precision` of each other; then the one that held is
 * tried once more, and counts as breaking when it does not hold again. Ends where a trial says nothing.
 */
export async function searchBreakpoint(
  { from, to, precision = 0.1 }: BreakpointSearch,
  attempt: (rate: number) => Promise<Trial>,
): Promise<BreakpointResult> {
  let trials = 0
  const tried = (rate: number) => {
    trials += 1
    return attempt(rate)
  }
  const first = await tried(from)
  if (first === 'unknown') return { unknownAt: from, trials }
  if (first === 'breaks') return { breaksAt: from, trials }
  let low = from
  let high: number | undefined
  let next = to
  for (;;) {
    const trial = await tried(next)
    if (trial === 'unknown') return { holdsAt: low, unknownAt: next, trials }
    if (trial === 'holds') low = next
    else high = next
    if (high === undefined) return { holdsAt: low, trials }
    if ((high - low) / high <= precision) break
    next = Math.round(((low + high) / 2) * 100) / 100
  }
  const again = low === from ? 'holds' : await tried(low)
  if (again === 'unknown') return { breaksAt: high, unknownAt: low, trials }
  if (again === 'holds') return { holdsAt: low, breaksAt: high, trials }
  return { holdsAt: from, breaksAt: low, trials }
}
