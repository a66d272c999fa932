/**
 * P-values corrected for being several, in their order: with alpha as limit for each, the chance that any true null hypothesis is
 * rejected is at most alpha, however the tests depend on each other. Never more conservative than Bonferroni's.
 * Each in [0, 1].
 * Source: S. Holm, Scandinavian Journal of Statistics 6, 1979, 65-70.
 */
export function holm(pValues: readonly number[]): number[] {
  const inOrder = [...pValues.entries()].toSorted(([, a], [, b]) => a - b)
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  for (const [rank, [index, pValue]] of inOrder.entries()) {
    largest = Math.max(largest, Math.min(1, pValue * (pValues.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
