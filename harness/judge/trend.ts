import { normalUpperTail } from './normal.ts'

/** Whether values that were read one after the other rise. */
export interface Trend {
  /** Pairs in which the later value is above the earlier one, less those in which it is below. */
  readonly s: number
  /** One-sided, against 'does not rise'. 1 for fewer than three values. */
  readonly pValue: number
  /** The median of the slopes of all pairs, per step. */
  readonly slope: number
}

/**
 * The Mann-Kendall test with correction for ties and continuity, and Sen's slope. No assumption on the shape of the rise; values are taken to
 * be independent of each other around it. O(n²).
 * Sources: H. B. Mann, Econometrica 13, 1945; M. G. Kendall, Rank Correlation Methods, 4th ed., 1975; P. K. Sen, JASA 63, 1968.
 */
export function risingTrend(values: readonly number[]): Trend {
  const n = values.length
  const slopes: number[] = []
  let s = 0
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const rise = (values[j] as number) - (values[i] as number)
      s += Math.sign(rise)
      slopes.push(rise / (j - i))
    }
  }
  if (n < 3) return { s, pValue: 1, slope: slopes[0] ?? 0 }
  const ties = [...Map.groupBy(values, (value) => value).values()].reduce(
    (sum, { length: t }) => sum + t * (t - 1) * (2 * t + 5),
    0,
  )
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
  const sorted = slopes.toSorted((a, b) => a - b)
  const slope = sorted[sorted.length >> 1] ?? 0
  if (variance === 0) return { s, pValue: 1, slope }
  return { s, pValue: normalUpperTail((s - 1) / Math.sqrt(variance)), slope }
}
