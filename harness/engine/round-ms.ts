/** To a tenth of a millisecond, as times are journaled. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10
}
