/** NaN of nothing. */
export function medianOf(list: readonly number[]): number {
  const sorted = Float64Array.from(list).toSorted()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

/** The value that nine tenths are not above; of few the greatest. NaN of nothing. */
export function tailOf(list: readonly number[]): number {
  const sorted = Float64Array.from(list).toSorted()
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? NaN
}

/** The value that three quarters are not below. NaN of nothing. */
export function lowQuartileOf(list: readonly number[]): number {
  return Float64Array.from(list).toSorted()[Math.floor(list.length / 4)] ?? NaN
}
