/** `1 cell`, `34 cells`, `2 replies`: the count and its noun. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${value} ${value === 1 ? singular : plural}`
}

/** `all 34 cells`; of a single one `the cell`. */
export function all(value: number, singular: string): string {
  return value === 1 ? `the ${singular}` : `all ${count(value, singular)}`
}
