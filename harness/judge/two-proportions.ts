import { normalQuantile } from './normal.ts'

/** `hits` of `total`, both whole numbers, 0 <= hits <= total. */
export interface Proportion {
  readonly hits: number
  readonly total: number
}

/**
 * Fisher's exact test: the two-sided chance to see two proportions at least this far apart when both come from the same one.
 * Exact for counts of any size, and for none at all: two proportions of which one has no hit are compared like any other, nothing is
 * divided by zero. In [0, 1], 0 standing for less than 1e-307; 1 where a total is 0. Adds up every table that is no more likely than the one seen.
 * Sources: R. A. Fisher, Statistical Methods for Research Workers, 5th ed., 1934, 21.02; A. Agresti, Categorical Data Analysis,
 * 2nd ed., 3.5; the tolerance of 1e-7 for equally likely tables is that of R's fisher.test.
 */
export function fisherExact(a: Proportion, b: Proportion): number {
  const hits = a.hits + b.hits
  const least = Math.max(0, hits - b.total)
  const most = Math.min(hits, a.total)
  const seen = 1 + 1e-7
  // Likelihoods relative to the table seen, walked outwards from it by the ratio of neighbours: no factorials.
  let all = 1
  let far = 1
  let weight = 1
  const add = (next: number) => {
    weight = next
    all += weight
    if (weight <= seen) far += weight
    // Past the mode weights only fall: what is left can no more alter either sum.
    return weight > far * 1e-18
  }
  const up = (k: number) => ((a.total - k) * (hits - k)) / ((k + 1) * (b.total - hits + k + 1))
  for (let k = a.hits; k < most; k += 1) if (!add(weight * up(k))) break
  weight = 1
  for (let k = a.hits; k > least; k -= 1) if (!add(weight / up(k - 1))) break
  return Math.min(1, far / all)
}

/** b - a, as ratios in [-1, 1]. */
export interface DifferenceOfProportions {
  readonly difference: number
  readonly low: number
  readonly high: number
}

/**
 * How far two proportions are apart, b - a, with a confidence interval that is right for small counts and for none as well.
 * `confidence` in (0, 1). Undefined where a total is 0.
 * Source: R. G. Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10 (Wilson's intervals combined).
 */
export function differenceOfProportions(
  a: Proportion,
  b: Proportion,
  confidence: number,
): DifferenceOfProportions | undefined {
  if (a.total === 0 || b.total === 0) return undefined
  const inA = wilson(a, confidence)
  const inB = wilson(b, confidence)
  const difference = inB.ratio - inA.ratio
  return {
    difference,
    low: difference - Math.hypot(inB.ratio - inB.low, inA.high - inA.ratio),
    high: difference + Math.hypot(inB.high - inB.ratio, inA.ratio - inA.low),
  }
}

/** Wilson's score interval (E. B. Wilson, JASA 22, 1927). */
function wilson({ hits, total }: Proportion, confidence: number) {
  const z = normalQuantile((1 + confidence) / 2)
  const ratio = hits / total
  const centre = ratio + (z * z) / (2 * total)
  const spread = z * Math.sqrt((ratio * (1 - ratio)) / total + (z * z) / (4 * total * total))
  const scale = 1 + (z * z) / total
  return {
    ratio,
    low: Math.max(0, (centre - spread) / scale),
    high: Math.min(1, (centre + spread) / scale),
  }
}
