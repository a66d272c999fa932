export { all, count } from '../core/index.ts'

/** `12 ms`, `0.8 s`, `1 min 02 s`, `2 h 05 min`. Negative or unknown durations are said to be so, never as a number. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) return 'an unknown time'
  if (durationMs < 99.5) return `${Math.round(durationMs)} ms`
  const tenths = Math.round(durationMs / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** `a`, `a and b`, `a, b and c`; with `atMost`, `a, b and 7 more`. */
export function list(items: readonly string[], atMost = Number.POSITIVE_INFINITY): string {
  const shown =
    items.length > atMost
      ? [...items.slice(0, atMost), `${items.length - atMost} more`]
      : [...items]
  const last = shown.pop()
  if (last === undefined) return ''
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`
}

/** Three digits are enough for who looks on. */
export function shortMs(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : String(Math.round(ms))
}
