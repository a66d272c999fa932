/**
 * Does a stream fail more often than it did in its baseline? Always-valid: it may be asked after every sample, as often as one likes.
 * Assumes that failures are independent of each other.
 */
import { logGamma } from './log-gamma.ts'
import { evidenceOfMore } from './sequential.ts'
import type { Proportion } from './two-proportions.ts'

const cap = 1e12

/**
 * E-value against "hits come at `toleratedRatio` or less, or no more often than in the baseline": the smaller one of the e-values
 * against its two halves. Against the second it is a ratio of what two independent ratios predict (Krichevsky and Trofimov's mixture,
 * Beta(½, ½)) to the best that one ratio for both can do (universal inference). Nothing is divided by a count, so a baseline without a hit is
 * like any other. Under the hypothesis its chance of ever reaching 1/alpha is at most alpha. In [0, 1e12].
 * Sources: L. Wasserman, A. Ramdas, S. Balakrishnan, "Universal inference", PNAS 117(29), 2020, section 8; R. E. Krichevsky,
 * V. K. Trofimov, IEEE Transactions on Information Theory 27, 1981.
 */
export function evidenceOfMoreThan(
  baseline: Proportion,
  now: Proportion,
  toleratedRatio: number,
): number {
  return Math.min(
    evidenceOfMore(now.hits, now.total, toleratedRatio),
    Math.min(cap, Math.exp(logMixture(baseline) + logMixture(now) - logSupremum(baseline, now))),
  )
}

/** ln of the chance of one such sequence under Beta(½, ½). */
function logMixture({ hits, total }: Proportion): number {
  return (
    logGamma(hits + 0.5) + logGamma(total - hits + 0.5) - logGamma(total + 1) - Math.log(Math.PI)
  )
}

/** ln of the greatest likelihood under "`now` has no greater ratio than `baseline`". */
function logSupremum(baseline: Proportion, now: Proportion): number {
  if (now.hits * baseline.total <= baseline.hits * now.total) {
    return logLikelihood(baseline) + logLikelihood(now)
  }
  return logLikelihood({ hits: baseline.hits + now.hits, total: baseline.total + now.total })
}

/** At its own ratio, the most likely one. */
function logLikelihood({ hits, total }: Proportion): number {
  const misses = total - hits
  return (
    (hits === 0 ? 0 : hits * Math.log(hits / total)) +
    (misses === 0 ? 0 : misses * Math.log(misses / total))
  )
}

/**
 * The smallest true ratio of hits that, with probability 1 - miss, would have brought the e-value above to what is wanted, and as many hits,
 * within `total` samples. 1 where no number of hits would have.
 */
export function smallestRatioSeen(
  baseline: Proportion,
  total: number,
  toleratedRatio: number,
  wanted: { readonly evidence: number; readonly hits: number },
  miss: number,
): number {
  const hits = Math.max(wanted.hits, fewestHits(baseline, total, toleratedRatio, wanted.evidence))
  if (hits > total) return 1
  let low = 0
  let high = 1
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2
    if (chanceOfFewer(hits, total, middle) > miss) low = middle
    else high = middle
  }
  return high
}

function fewestHits(
  baseline: Proportion,
  total: number,
  toleratedRatio: number,
  wanted: number,
): number {
  let low = 0
  let high = total + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const isEnough = evidenceOfMoreThan(baseline, { hits: middle, total }, toleratedRatio) >= wanted
    if (isEnough) high = middle
    else low = middle
  }
  return high
}

/** The chance of fewer than `hits` in `total` at the ratio `p`. */
export function chanceOfFewer(hits: number, total: number, p: number): number {
  if (p >= 1) return hits > total ? 1 : 0
  let sum = 0
  for (let k = 0; k < hits; k += 1) {
    const logWays = logGamma(total + 1) - logGamma(k + 1) - logGamma(total - k + 1)
    sum += Math.exp(logWays + k * Math.log(p) + (total - k) * Math.log1p(-p))
  }
  return sum
}
