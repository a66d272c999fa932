import {
  combine,
  fail,
  inconclusive,
  pass,
  type EventOf,
  type JournalEvent,
  type LeakFinding,
  type LeakLimits,
  type Verdict,
} from '../core/index.ts'
import { risingTrend } from './trend.ts'

const defaults: Required<LeakLimits> = { memoryMb: 30, descriptors: 20 }
/** Memory that is still to be given back comes and goes: of each span only the least counts. */
const spans = 16
const readingsPerSpan = 3
/** What is filled and then stays full, as caches are, rises no longer: a leak goes on in the second half at this share of its slope at least. */
const goesOn = 0.5
/** For all replicas together. */
const falseAlarm = 0.01

type Reading = EventOf<'resources.read'>

/**
 * Whether memory or descriptors of a replica grow steadily: readings after the first quarter, in which programs warm up, are put into 16
 * spans of the same length; the least values of these must rise by the Mann-Kendall test (1 % for all replicas together), and in all by more than the limit;
 * and in the second half at least half as steeply as in all.
 * Garbage that is collected less often than once in a span can hide a leak; it is not taken for one.
 */
export function findLeaks(
  history: readonly JournalEvent[],
  limits: LeakLimits = {},
): LeakFinding[] {
  const readings = history.filter((event) => event.kind === 'resources.read')
  const first = readings[0]
  const last = readings.at(-1)
  if (!first || !last) return []
  const fromMs = first.atMs + (last.atMs - first.atMs) / 4
  const judged = readings.filter(({ atMs }) => atMs >= fromMs)
  const ids = [...new Set(readings.flatMap(({ replicas }) => replicas.map((one) => one.replica)))]
  const { memoryMb, descriptors } = { ...defaults, ...limits }
  const alpha = falseAlarm / (2 * Math.max(1, ids.length))
  return ids.flatMap((replica) => [
    ...judgeSeries(judged, replica, 'memory', memoryMb, alpha),
    ...judgeSeries(judged, replica, 'descriptors', descriptors, alpha),
  ])
}

/** Fails for what leaks; inconclusive where that cannot be told. */
export function checkLeaks(findings: readonly LeakFinding[]): Verdict {
  const unknown = findings.filter(({ judgement }) => judgement === 'unknown')
  if (findings.length === 0 || unknown.length > 0) {
    const what = [...new Set(unknown.map(({ replica }) => replica))].join(', ') || 'any replica'
    return inconclusive({
      code: 'no-data',
      message: `what ${what} uses was read too seldom to tell of leaks: let the load go on for two minutes or more`,
    })
  }
  return combine([
    pass,
    ...findings
      .filter(({ judgement }) => judgement === 'leak')
      .map(({ replica, what, from, to, grown, perHour, limit }) => {
        const unit = what === 'memory' ? ' MB' : ''
        return fail({
          code: 'leak',
          message: `${replica}: ${what} grew steadily, from ${from} to ${to}${unit}; by its trend that is ${grown}${unit} (${perHour}${unit} an hour), allowed are ${limit}${unit}`,
        })
      }),
  ])
}

function judgeSeries(
  readings: readonly Reading[],
  replica: string,
  what: LeakFinding['what'],
  limit: number,
  alpha: number,
): LeakFinding[] {
  const values = readings.flatMap(({ atMs, replicas }) => {
    const found = replicas.find((one) => one.replica === replica)
    const value = what === 'memory' ? (found?.memoryBytes ?? NaN) / 2 ** 20 : found?.descriptors
    return value === undefined || Number.isNaN(value) ? [] : [{ atMs, value }]
  })
  const first = values[0]
  const last = values.at(-1)
  if (!first || !last) return []
  const lengthMs = last.atMs - first.atMs
  const least = Array.from({ length: spans }, (_, i) => {
    const own = values.filter(
      ({ atMs }) => Math.min(spans - 1, Math.floor(((atMs - first.atMs) * spans) / lengthMs)) === i,
    )
    return own.length < readingsPerSpan ? undefined : Math.min(...own.map(({ value }) => value))
  })
  const known = least.filter((value) => value !== undefined)
  const digits = what === 'memory' ? 1 : 0
  if (known.length < spans) {
    const from = round(first.value, digits)
    const to = round(last.value, digits)
    const unknown = { judgement: 'unknown' as const, grown: 0, perHour: 0, pValue: 1, limit }
    return [{ replica, what, from, to, ...unknown }]
  }
  const { slope, pValue } = risingTrend(known)
  const isGoingOn = risingTrend(known.slice(spans / 2)).slope >= goesOn * slope
  const grown = round(slope * (spans - 1), digits)
  return [
    {
      replica,
      what,
      judgement: pValue <= alpha && grown > limit && isGoingOn ? 'leak' : 'steady',
      from: round(known[0] ?? 0, digits),
      to: round(known.at(-1) ?? 0, digits),
      grown,
      perHour: round((slope * spans * 3_600_000) / lengthMs, 0),
      pValue,
      limit,
    },
  ]
}

function round(value: number, digits: number): number {
  // Never -0, which is printed as such.
  return Math.round(value * 10 ** digits) / 10 ** digits + 0
}
