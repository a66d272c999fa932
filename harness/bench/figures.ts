export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

/** One row: what was measured, the figure, and the goal beside it. */
export function row(what: string, figure: string, goal = ''): void {
  process.stdout.write(`  ${what.padEnd(52)} ${figure.padEnd(26)} ${goal}\n`)
}

/** `4.1 s (3.9 to 4.6, n = 5)` */
export function spread(valuesMs: readonly number[]): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  return `${seconds(median(valuesMs))} s (${seconds(Math.min(...valuesMs))}-${seconds(Math.max(...valuesMs))}, n=${valuesMs.length})`
}

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** A row with a figure and whether it reaches its goal. */
export function goal(
  what: string,
  value: number,
  unit: string,
  holds: (value: number) => boolean,
  text: string,
): boolean {
  return reached(what, `${value.toFixed(unit === '' ? 3 : 2)} ${unit}`, holds(value), text)
}

/** The same with a figure in words. Returns `isReached`. */
export function reached(what: string, figure: string, isReached: boolean, text: string): boolean {
  row(what, figure, `goal ${text}${isReached ? '' : ': MISSED'}`)
  return isReached
}
