import { normalUpperTail } from './normal.ts'

/** A one-sided rank test: do values of `b` tend to be above those of `a`? */
export interface RankTail {
  /** The chance that a value of `b` is above one of `a`, ties counted half. 0.5 means no difference. */
  readonly superiority: number
  /** One-sided. 1 where a sample is empty. */
  readonly pValue: number
}

/** Up to so many pairs the distribution is counted out. */
const exactUpTo = 4_000

/**
 * Mann-Whitney U, one-sided: exact, by Gauss's binomial coefficients, up to 4,000 pairs, above by the normal approximation with correction
 * for continuity, which is too large rather than too small far out. In the p-value a tie counts as not above, which is conservative:
 * in whatever order those that are tied were put, it would be that or less. Source: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18, 1947.
 */
export function rankTail(a: readonly number[], b: readonly number[]): RankTail {
  const pairs = a.length * b.length
  if (pairs === 0) return { superiority: 0.5, pValue: 1 }
  const sorted = Float64Array.from(a).toSorted()
  const above = b.reduce((sum, value) => sum + countUnder(sorted, value, false), 0)
  return {
    superiority: pairsAbove(sorted, b) / pairs,
    pValue: tailOf(a.length, b.length, above),
  }
}

/** How many pairs must have the value of `b` above for a p-value of `alpha` or less. Undefined where not even all of them would do. */
export function leastPairsAbove(sizeA: number, sizeB: number, alpha: number): number | undefined {
  let low = 0
  let high = sizeA * sizeB
  if (tailOf(sizeA, sizeB, high) > alpha) return undefined
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (tailOf(sizeA, sizeB, middle) <= alpha) high = middle
    else low = middle
  }
  return high
}

/** In how many pairs the value of `b` is above that of `sorted`, ties counted half. */
export function pairsAbove(sorted: Float64Array, b: readonly number[]): number {
  let u = 0
  for (const value of b) {
    const below = countUnder(sorted, value, false)
    u += (below + countUnder(sorted, value, true)) / 2
  }
  return u
}

/** How many are less than `value`, or at most as much. */
function countUnder(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const one = sorted[middle] as number
    if (one < value || (orEqual && one === value)) low = middle + 1
    else high = middle
  }
  return low
}

/** P(U >= u). */
function tailOf(sizeA: number, sizeB: number, u: number): number {
  const pairs = sizeA * sizeB
  if (pairs > exactUpTo) {
    const deviation = Math.sqrt((pairs * (sizeA + sizeB + 1)) / 12)
    return normalUpperTail((u - pairs / 2 - 0.5) / deviation)
  }
  const tails = lowerTails(sizeA, sizeB)
  // Symmetric: P(U >= u) = P(U <= pairs - u).
  return tails[Math.ceil(pairs - u)] ?? 1
}

const known = new Map<string, Float64Array>()

/** P(U <= u) for u from 0: the number of ways is the coefficient of q^u in the product of (1 - q^(a+i)) / (1 - q^i). */
function lowerTails(sizeA: number, sizeB: number): Float64Array {
  const key = `${sizeA} ${sizeB}`
  const old = known.get(key)
  if (old) return old
  const pairs = sizeA * sizeB
  const ways = new Float64Array(pairs + 1)
  ways[0] = 1
  for (let i = 1; i <= sizeB; i += 1) {
    for (let u = pairs; u >= sizeA + i; u -= 1) {
      ways[u] = (ways[u] as number) - (ways[u - sizeA - i] as number)
    }
    for (let u = i; u <= pairs; u += 1) ways[u] = (ways[u] as number) + (ways[u - i] as number)
  }
  // The upper half mirrors the lower one, where no digits are lost.
  for (let u = Math.floor(pairs / 2) + 1; u <= pairs; u += 1) ways[u] = ways[pairs - u] as number
  const all = ways.reduce((sum, count) => sum + count, 0)
  let sum = 0
  const tails = ways.map((count) => (sum += count) / all)
  known.set(key, tails)
  return tails
}
