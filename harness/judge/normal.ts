/**
 * The standard normal distribution.
 * Sources: W. J. Cody 1969 by way of W. H. Press et al., Numerical Recipes, 3rd ed., 6.2.2 (erfc by Chebyshev coefficients);
 * P. J. Acklam 2003 for the quantile, refined by one Halley step.
 */

const chebyshev = [
  -1.3026537197817094, 0.6419697923564902, 1.9476473204185836e-2, -9.561514786808631e-3,
  -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
  -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
  5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
  8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
  -2.8e-17,
]

/** erfc(z) for z >= 0, relative error below 1e-13. */
function erfc(z: number): number {
  const t = 2 / (2 + z)
  const ty = 4 * t - 2
  let d = 0
  let dd = 0
  for (let j = chebyshev.length - 1; j > 0; j -= 1) {
    const held = d
    d = ty * d - dd + (chebyshev[j] as number)
    dd = held
  }
  return t * Math.exp(-z * z + 0.5 * ((chebyshev[0] as number) + ty * d) - dd)
}

/** The chance that a standard normal variable is above `z`. In [0, 1]; precise in the far tail too. */
export function normalUpperTail(z: number): number {
  return z >= 0 ? 0.5 * erfc(z / Math.SQRT2) : 1 - 0.5 * erfc(-z / Math.SQRT2)
}

/** The z with the chance `p` of being at most it, for p in (0, 1); -Infinity at 0, Infinity at 1. Absolute error below 1e-12. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  const z = roughQuantile(p)
  const error = normalUpperTail(-z) - p
  const step = error * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2)
  return z - step / (1 + (z * step) / 2)
}

/** Acklam's rational approximation for p in (0, 0.5]; relative error below 1.15e-9. */
function roughQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return (
      polynomial(
        [
          -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
          4.374664141464968, 2.938163982698783,
        ],
        q,
      ) /
      polynomial(
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
        q,
      )
    )
  }
  const q = p - 0.5
  const r = q * q
  return (
    (polynomial(
      [
        -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
        -3.066479806614716e1, 2.506628277459239,
      ],
      r,
    ) *
      q) /
    polynomial(
      [
        -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
        -1.328068155288572e1, 1,
      ],
      r,
    )
  )
}

/** Coefficients with the highest power first (Horner). */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
