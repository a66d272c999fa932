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

export interface Unwell {
  readonly broken: readonly Span[]
  readonly struck: readonly Span[]
}

/**
 * Compares what the page said with what users saw. `readings` in order of time; each counts until the next one.
 * `broken` are the spans in which undeclared failures were seen; `struck` those in which a fault made users suffer as declared, and
 * `known` those of failures that a step declares or that were not decided: of these a page may tell and need not. Spans may overlap. A reading of 'unknown' is neither green nor red.
 * `unwell` are the same two, where what is down now and then was not well in between: a page may admit it then, too.
 */
export function judgeStatusPage(
  readings: readonly StatusPoint[],
  broken: readonly Span[],
  endMs: number,
  struck: readonly Span[] = [],
  known: readonly Span[] = [],
  unwell: Unwell = { broken, struck },
): StatusPageFinding | undefined {
  if (readings.length === 0) return undefined
  const excused = merged([...unwell.broken, ...unwell.struck, ...known])
  const falseRedMs = spansOf(readings, endMs)
    .filter(isRed)
    .reduce((sum, span) => sum + lengthOf(span) - overlapMs(span, excused), 0)
  const declared = merged(struck)
  return {
    ...honesty(readings, merged(broken), merged(unwell.broken), endMs),
    falseRedMs,
    ...said(readings, endMs),
    ...(declared.length === 0
      ? {}
      : { declared: honesty(readings, declared, merged(unwell.struck), endMs) }),
  }
}

/** How long it said anything but 'operational', true or false, where it did. */
function said(readings: readonly StatusPoint[], endMs: number) {
  const total = (states: readonly StatusState[]) =>
    spansOf(readings, endMs)
      .filter(({ overall }) => states.includes(overall))
      .reduce((sum, span) => sum + lengthOf(span), 0)
  const [redMs, unreadMs] = [total(['degraded', 'outage']), total(['unknown'])]
  return { ...(redMs > 0 ? { redMs } : {}), ...(unreadMs > 0 ? { unreadMs } : {}) }
}

/** What the page said while users suffered. */
function honesty(
  readings: readonly StatusPoint[],
  bad: readonly Span[],
  unwell: readonly Span[],
  endMs: number,
): Omit<StatusPageFinding, 'falseRedMs' | 'redMs' | 'unreadMs' | 'declared'> {
  const during = readings.filter(({ atMs }) =>
    unwell.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs),
  )
  // From the first failure of all: that a later outage was admitted does not make up for the first one.
  const since = (found: StatusPoint | undefined) =>
    found && Math.max(0, found.atMs - (bad[0] as Span).fromMs)
  const detectMs = since(during.find((r) => r.anyComponent || isRed(r)))
  const admitMs = since(during.find(isRed))
  const laterMs = Math.max(0, ...bad.slice(1).map((span) => untoldMs(readings, span)))
  return {
    ...(detectMs === undefined ? {} : { detectMs }),
    ...(admitMs === undefined ? {} : { admitMs }),
    ...(laterMs === 0 ? {} : { laterMs }),
    falseGreenMs: spansOf(readings, endMs)
      .filter(({ overall }) => overall === 'operational')
      .reduce((sum, span) => sum + overlapMs(span, bad), 0),
    brokenMs: bad.reduce((sum, span) => sum + lengthOf(span), 0),
  }
}

/** How long an outage went on before the page told of a failure, all of it where it did not. */
function untoldMs(readings: readonly StatusPoint[], { fromMs, toMs }: Span): number {
  const before = readings.findLast(({ atMs }) => atMs <= fromMs)
  if (before && isRed(before)) return 0
  const told = readings.find((r) => r.atMs > fromMs && r.atMs <= toMs && isRed(r))
  return (told?.atMs ?? toMs) - fromMs
}

/** Whether the page as a whole told of a failure. */
export function isRed({ overall }: Pick<StatusPoint, 'overall'>): boolean {
  return overall === 'degraded' || overall === 'outage'
}

function spansOf(readings: readonly StatusPoint[], endMs: number) {
  return readings.map(({ atMs, overall }, i) => ({
    overall,
    fromMs: atMs,
    toMs: readings[i + 1]?.atMs ?? endMs,
  }))
}

/** In order, and none overlaps another. */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1)
    if (last && span.fromMs <= last.toMs) {
      result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) }
    } else result.push(span)
  }
  return result
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs
}

function overlapMs(a: Span, spans: readonly Span[]): number {
  return spans.reduce(
    (sum, b) => sum + Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs)),
    0,
  )
}
