import { normalUpperTail } from './normal.ts'

/** What a rank test says of two samples. */
export interface RankTest {
  /** Pairs in which the value of `b` is above that of `a`; a tie counts half. In [0, |a|·|b|]. */
  readonly u: number
  /** u / (|a|·|b|): the chance that a value of `b` is above one of `a`. 0.5 means no difference. */
  readonly superiority: number
  /** Two-sided. In (0, 1]; 1 where a sample is empty, or all values are the same. */
  readonly pValue: number
  readonly method: 'exact' | 'normal'
}

/** Up to this many values together the distribution is counted out: C(50, 25) is still an exact double. */
const exactUpTo = 50

/**
 * Mann-Whitney U: do values of `b` tend to be above (or below) those of `a`? No assumption on the shape of the distribution.
 * Up to 50 values together exact, ties included (all ways to draw `b` from the joint midranks are counted by the shift
 * algorithm); above, the normal approximation with correction for ties and for continuity. The order of the values does not matter.
 * Sources: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18, 1947; B. Streitberg, J. Röhmel,
 * Statistical Software Newsletter 12, 1986 (exact, with ties); E. L. Lehmann, Nonparametrics, 1975, 1.2-1.4 (normal, with ties).
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  const pairs = a.length * b.length
  if (pairs === 0) return { u: 0, superiority: 0.5, pValue: 1, method: 'exact' }
  const { ranksOfB, tieTerm, doubledRanks } = midranks(a, b)
  const u = ranksOfB - (b.length * (b.length + 1)) / 2
  const isSmall = a.length + b.length <= exactUpTo
  const pValue = isSmall
    ? exactTail(doubledRanks, b.length, 2 * ranksOfB)
    : normalTail(u, a.length, b.length, tieTerm)
  return { u, superiority: u / pairs, pValue, method: isSmall ? 'exact' : 'normal' }
}

interface Midranks {
  /** Sum of the midranks of `b`, from 1. */
  readonly ranksOfB: number
  /** The sum of t³ - t over all groups of t equal values. */
  readonly tieTerm: number
  /** Of all values; doubled, so that a midrank is a whole number. */
  readonly doubledRanks: readonly number[]
}

function midranks(a: readonly number[], b: readonly number[]): Midranks {
  const all = Float64Array.from([...a, ...b]).toSorted()
  const sortedB = Float64Array.from(b).toSorted()
  const doubledRanks: number[] = []
  let ranksOfB = 0
  let tieTerm = 0
  let next = 0
  for (let from = 0; from < all.length;) {
    let to = from + 1
    while (to < all.length && all[to] === all[from]) to += 1
    const doubled = from + 1 + to
    for (let i = from; i < to; i += 1) doubledRanks.push(doubled)
    for (; next < sortedB.length && sortedB[next] === all[from]; next += 1) ranksOfB += doubled / 2
    const tied = to - from
    tieTerm += tied ** 3 - tied
    from = to
  }
  return { ranksOfB, tieTerm, doubledRanks }
}

/** The share of all draws of `size` ranks whose sum is at least as far from its mean as `seen`. */
function exactTail(ranks: readonly number[], size: number, seen: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  // ways[k][s]: in how many ways k of the ranks looked at so far sum to s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1))
  ;(ways[0] as Float64Array)[0] = 1
  let reached = 0
  for (const rank of ranks) {
    reached += rank
    for (let k = size; k > 0; k -= 1) {
      const into = ways[k] as Float64Array
      const from = ways[k - 1] as Float64Array
      for (let s = reached; s >= rank; s -= 1) {
        into[s] = (into[s] as number) + (from[s - rank] as number)
      }
    }
  }
  const mean = (total * size) / ranks.length
  const distance = Math.abs(seen - mean) - 1e-9
  let all = 0
  let far = 0
  for (const [sum, count] of (ways[size] as Float64Array).entries()) {
    all += count
    if (Math.abs(sum - mean) >= distance) far += count
  }
  return far / all
}

function normalTail(u: number, sizeA: number, sizeB: number, tieTerm: number): number {
  const size = sizeA + sizeB
  const pairs = sizeA * sizeB
  const variance = (pairs / 12) * (size + 1 - tieTerm / (size * (size - 1)))
  if (variance <= 0) return 1
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5)
  return Math.min(1, 2 * normalUpperTail(distance / Math.sqrt(variance)))
}
