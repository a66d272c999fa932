import { normalQuantile } from './normal.ts'

/** By how much the values of one sample lie above those of another, in their unit. */
export interface LocationShift {
  /** The Hodges-Lehmann estimate: the median of all differences b - a. Positive: `b` is above `a`. */
  readonly shift: number
  /** Bounds of the confidence interval; -Infinity and Infinity where the samples are too small for that confidence. */
  readonly low: number
  readonly high: number
}

/**
 * The shift between two samples with its confidence interval, which belongs to the Mann-Whitney test: 0 is outside of it when that
 * test rejects (up to the approximation: the interval takes its rank from the normal distribution, ties make it wider).
 * `confidence` in (0, 1). Undefined where a sample is empty. Takes O((n + m) log range), and no memory for the n·m differences.
 * Sources: J. L. Hodges, E. L. Lehmann, Annals of Mathematical Statistics 34, 1963; M. Hollander, D. A. Wolfe,
 * Nonparametric Statistical Methods, 2nd ed., 4.2-4.3 (estimate and Moses' interval).
 */
export function locationShift(
  a: readonly number[],
  b: readonly number[],
  confidence: number,
): LocationShift | undefined {
  if (a.length === 0 || b.length === 0) return undefined
  const differences = new Differences(a, b)
  const pairs = a.length * b.length
  const half = Math.floor((pairs + 1) / 2)
  const shift =
    pairs % 2 === 1
      ? differences.smallest(half)
      : (differences.smallest(half) + differences.smallest(half + 1)) / 2
  const rank = lowRank(a.length, b.length, confidence)
  if (rank < 1) return { shift, low: -Infinity, high: Infinity }
  return { shift, low: differences.smallest(rank), high: differences.smallest(pairs + 1 - rank) }
}

/** The rank, from 1, of the difference that bounds the interval from below; 0 or less: no bound. */
function lowRank(sizeA: number, sizeB: number, confidence: number): number {
  const pairs = sizeA * sizeB
  const deviation = Math.sqrt((pairs * (sizeA + sizeB + 1)) / 12)
  return Math.floor(pairs / 2 + 0.5 - normalQuantile((1 + confidence) / 2) * deviation)
}

/** All differences b - a, sorted in principle and never written down. */
class Differences {
  readonly #a: Float64Array
  readonly #b: Float64Array

  constructor(a: readonly number[], b: readonly number[]) {
    this.#a = Float64Array.from(a).toSorted()
    this.#b = Float64Array.from(b).toSorted()
  }

  /** The k-th smallest difference, k from 1: bisection by value, each step moved onto a difference that exists. */
  smallest(k: number): number {
    const a = this.#a
    const b = this.#b
    let low = (b[0] as number) - (a.at(-1) as number)
    let high = (b.at(-1) as number) - (a[0] as number)
    while (low < high) {
      const middle = low + (high - low) / 2
      const { count, below, above } = this.#around(middle < high ? middle : low)
      if (count >= k) high = below
      else low = above
    }
    return low
  }

  /** How many differences are at most `value`, the greatest of these, and the least above it. */
  #around(value: number): { count: number; below: number; above: number } {
    const a = this.#a
    const b = this.#b
    let count = 0
    let below = -Infinity
    let above = Infinity
    let j = 0
    for (const one of a) {
      while (j < b.length && (b[j] as number) - one <= value) j += 1
      count += j
      if (j > 0) below = Math.max(below, (b[j - 1] as number) - one)
      if (j < b.length) above = Math.min(above, (b[j] as number) - one)
    }
    return { count, below, above }
  }
}
