import type { StatusPageFinding, StatusState } from '../core/index.ts'

export interface StatusPoint {
  readonly atMs: number
  readonly overall: StatusState
  /** Whether any component was other than operational. */
  readonly anyComponent: boolean
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Compares what the page said with what users saw. `readings` in order of time; each counts until the next one.
 * `broken` is the span in which undeclared failures were seen, absent when there were none; `struck` that in which a fault made users suffer as
 * declared, of which a page may tell and need not. A reading of 'unknown' is neither green nor red.
 */
export function judgeStatusPage(
  readings: readonly StatusPoint[],
  broken: Span | undefined,
  endMs: number,
  struck?: Span,
): StatusPageFinding | undefined {
  if (readings.length === 0) return undefined
  let falseGreenMs = 0
  let falseRedMs = 0
  for (const [i, reading] of readings.entries()) {
    const span = { fromMs: reading.atMs, toMs: readings[i + 1]?.atMs ?? endMs }
    const inside = broken ? overlapMs(span, broken) : 0
    if (reading.overall === 'operational') falseGreenMs += inside
    else if (reading.overall !== 'unknown')
      falseRedMs += span.toMs - span.fromMs - unionMs(span, broken, struck)
  }
  const since = (found: StatusPoint | undefined) =>
    broken && found ? Math.max(0, found.atMs - broken.fromMs) : undefined
  const during = readings.filter((r) => broken && r.atMs >= broken.fromMs && r.atMs <= broken.toMs)
  const detectMs = since(
    during.find((r) => r.anyComponent || ['degraded', 'outage'].includes(r.overall)),
  )
  const admitMs = since(during.find((r) => ['degraded', 'outage'].includes(r.overall)))
  return {
    ...(detectMs === undefined ? {} : { detectMs }),
    ...(admitMs === undefined ? {} : { admitMs }),
    falseGreenMs,
    falseRedMs,
    brokenMs: broken ? broken.toMs - broken.fromMs : 0,
  }
}

/** How much of `span` lies in either of the two. */
function unionMs(span: Span, a: Span | undefined, b: Span | undefined): number {
  const of = (other: Span | undefined) => (other ? overlapMs(span, other) : 0)
  const both = a && b && { fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) }
  return of(a) + of(b) - of(both)
}

function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs))
}
