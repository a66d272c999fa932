/**
 * Always-valid sequential evidence on a stream of pass/fail samples. The values depend on the counts alone, may be looked at after
 * every sample, and keep their error rates however often that is done (Ville's inequality).
 * Sources: J. Ville 1939; A. Wald, Sequential Analysis, 1947; Ramdas, Grünwald, Vovk, Shafer, "Game-theoretic statistics and
 * safe anytime-valid inference", Statistical Science 38(4), 2023.
 */

/** Alternatives that the mixture puts equal weight on: from a rare failure to a total break. */
const alternatives = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.99]

const cap = 1e12

function likelihoodRatio(hits: number, samples: number, p: number, against: number): number {
  return Math.exp(
    hits * Math.log(p / against) + (samples - hits) * Math.log((1 - p) / (1 - against)),
  )
}

/**
 * E-value against "hits come at `toleratedRatio` or less often": the mean likelihood ratio over the alternatives above it.
 * Under the hypothesis its chance of ever reaching 1/alpha is at most alpha. In [0, 1e12]; 1 with no samples.
 */
export function evidenceOfMore(hits: number, samples: number, toleratedRatio: number): number {
  const above = alternatives.filter((p) => p > toleratedRatio)
  const sum = above.reduce((acc, p) => acc + likelihoodRatio(hits, samples, p, toleratedRatio), 0)
  return Math.min(cap, sum / above.length)
}

/**
 * E-value against "hits come at `detectRatio` or more often", the alternative being `toleratedRatio`.
 * Under the hypothesis its chance of ever reaching 1/beta is at most beta. In [0, 1e12]; 1 with no samples.
 */
export function evidenceOfLess(
  hits: number,
  samples: number,
  toleratedRatio: number,
  detectRatio: number,
): number {
  return Math.min(cap, likelihoodRatio(hits, samples, toleratedRatio, detectRatio))
}

/**
 * The smallest true ratio that would have shown at least one hit in `samples` with probability 1 - miss: 1 - miss^(1/samples).
 * 1 with no samples (nothing could have been seen).
 */
export function smallestDetectable(samples: number, miss: number): number {
  return samples === 0 ? 1 : 1 - miss ** (1 / samples)
}
