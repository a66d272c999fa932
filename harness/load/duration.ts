import type { LoadDuration } from '../core/index.ts'

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** In ms. NaN for what is not a length of time: negative numbers, unknown units, an empty text. */
export function durationMs(duration: LoadDuration): number {
  if (typeof duration === 'number') return duration >= 0 ? duration : NaN
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(duration)) return NaN
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ''] ?? 0),
    0,
  )
}

/** The same, or `otherwise` when there is none. Of validated profiles only. */
export function durationOr(duration: LoadDuration | undefined, otherwise: number): number {
  return duration === undefined ? otherwise : durationMs(duration)
}
