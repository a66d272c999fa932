import { seededRandom } from '../core/index.ts'
import { lowQuartileOf, medianOf } from './quantiles.ts'
import { leastPairsAbove, pairsAbove } from './rank-tail.ts'

const draws = 100

/** How slowness is looked for: see `isSlower` in load-judge.ts. */
export interface GrowthTest {
  /** Medians of the baseline, and how many of the window are compared with them. */
  readonly before: readonly number[]
  readonly blocks: number
  /** Level of the rank test. */
  readonly alpha: number
  /** The baseline, raised by what is tolerated. */
  readonly raise: (medians: readonly number[]) => readonly number[]
}

/**
 * The smallest growth of all medians, as a share, that the test finds with probability 1 - miss, were they distributed as those of the
 * baseline: of 100 bootstrap samples of both, each has one from which on it is found. Undefined where none is, however great.
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 25 (power).
 */
export function growthFound(test: GrowthTest, miss: number): number | undefined {
  const { before, blocks, alpha, raise } = test
  const pairs = leastPairsAbove(before.length, blocks, alpha)
  if (pairs === undefined) return undefined
  const random = seededRandom(before.length)
  const drawn = (count: number) =>
    Array.from({ length: count }, () =>
      Math.max(1e-3, before[Math.floor(random() * before.length)] ?? 0),
    )
  const found = Array.from({ length: draws }, () =>
    factorFound(raise(drawn(before.length)), drawn(blocks), pairs),
  )
  const inOrder = Float64Array.from(found).toSorted()
  return (inOrder[Math.ceil(draws * (1 - miss)) - 1] ?? Infinity) - 1
}

/** By what `now` must be multiplied to have so many pairs above `limits`, and the low quartile of each of its thirds above their median. */
function factorFound(limits: readonly number[], now: readonly number[], pairs: number): number {
  const sorted = Float64Array.from(limits).toSorted()
  const size = now.length / 3
  const lasting = [0, 1, 2].map(
    (third) => medianOf(limits) / lowQuartileOf(now.slice(third * size, (third + 1) * size)),
  )
  const isAbove = (factor: number) =>
    pairsAbove(
      sorted,
      now.map((ms) => ms * factor),
    ) >= pairs
  let low = Math.max(...lasting)
  if (isAbove(low)) return low
  // With all pairs above.
  let high = (1.001 * Math.max(...limits)) / Math.min(...now)
  while (high - low > 0.01 * low) {
    const middle = (low + high) / 2
    if (isAbove(middle)) high = middle
    else low = middle
  }
  return high
}
