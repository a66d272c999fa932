import {
  figureText,
  subjectOfThreshold,
  type EventOf,
  type LeakFinding,
  type LoadLatencyFinding,
} from '../core/index.ts'
import { figureTable } from './figure-table.ts'
import { loadLinkLines, requestLines } from './load-requests.ts'
import { foldLine, truncate } from './text.ts'
import { count, formatDuration, shortMs } from './words.ts'

const shortestMs = 500
const isNoChance = 0.01

/** One second of load in one line. Null for the moment with which it ends when nothing went wrong in it. */
export function loadSecondLine(event: EventOf<'load.second'>): string | null {
  const { overMs = 1_000, wanted, inFlight, dropped, symptoms, flows } = event
  const isMoment = overMs < shortestMs
  if (isMoment && dropped === 0 && event.failed === 0) return null
  const started = Math.round((event.started * 1_000) / Math.max(1, overMs))
  const slowest = flows.toSorted((a, b) => b.p95 - a.p95)[0]
  return [
    isMoment
      ? 'load at its end'
      : `load ${started}${wanted === undefined ? '' : `/${Math.round(wanted)}`} per s`,
    `${inFlight} in flight`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...Object.entries(symptoms).map(([symptom, count]) => `${count} × ${symptom}`),
    ...(slowest ? [`slowest ${slowest.flow} p95 ${shortMs(slowest.p95)} ms`] : []),
  ].join(', ')
}

/** What leaks, or that nothing does. */
export function leaksLine({ findings }: EventOf<'leaks.judged'>): string | null {
  const leaks = findings.filter(({ judgement }) => judgement === 'leak')
  if (leaks.length > 0) return `LEAKS: ${leaks.map(leakText).join('; ')}`
  const isKnown = findings.some(({ judgement }) => judgement === 'steady')
  return isKnown ? 'memory and descriptors of all replicas are steady' : null
}

function leakText({ replica, what, from, to, perHour }: LeakFinding): string {
  return what === 'memory'
    ? `memory of ${replica} from ${from} to ${to} MB, ${perHour} MB an hour by its trend`
    : `descriptors of ${replica} from ${from} to ${to}, ${perHour} an hour by its trend`
}

/** A cell against its stored baseline. */
export function renderAgainstBaseline(event: EventOf<'load.judged'>, width: number): string {
  const { flow, actor, judgement, failures, samples, latency, tail, smallestRatio } = event
  const { low, high } = latency ?? {}
  const bounds =
    low === undefined || high === undefined
      ? ''
      : `, ${Math.round(low * 100)} to ${Math.round(high * 100)} %`
  const median =
    latency === undefined
      ? ''
      : `, median ${latency.baselineMs.toFixed(1)} -> ${latency.nowMs.toFixed(1)} ms (${Math.round(latency.growth * 100)} %${bounds})`
  // Of what was seen, how little could have been says nothing more.
  const noticed = [
    ...(judgement === 'broken' ? [] : [`failures from ${Math.ceil(smallestRatio * 100)} % on`]),
    ...(judgement === 'slower' || latency?.smallestGrowth === undefined
      ? []
      : [`slower medians from ${Math.round(latency.smallestGrowth * 100)} % on`]),
  ].join(', ')
  const would = noticed === '' ? '' : `; ${noticed} would have been seen`
  const text = `  BASELINE ${judgement.toUpperCase().padEnd(9)} ${flow} × ${actor}: ${failures} of ${samples} failed${median}${tailText(tail)}${would}`
  return foldLine(text, width).join('\n')
}

function tailText(tail: LoadLatencyFinding | undefined): string {
  if (!tail) return ''
  return `, the slowest tenth ${tail.baselineMs.toFixed(1)} -> ${tail.nowMs.toFixed(1)} ms`
}

/** What replicas used at the beginning and at the end. */
export function renderResources({ findings }: EventOf<'leaks.judged'>, width: number): string {
  const words = { steady: 'steady', leak: 'LEAK  ', unknown: '-     ' } as const
  const name = Math.max(7, ...findings.map(({ replica }) => replica.length))
  return [
    'RESOURCES  the least after the first quarter, and at the end; - is too short to tell',
    ...findings.map(({ replica, what, judgement, from, to, grown, perHour, pValue }) => {
      const unit = what === 'memory' ? ' MB' : ''
      // Chance, and what falls, are not carried on into an hour that nobody saw.
      const isRising = grown > 0 && pValue <= isNoChance
      const hour = isRising ? `, ${perHour}${unit} an hour by its trend` : ''
      // By less than the limit, which is not to be called steady all the same.
      const word = isRising && judgement === 'steady' ? 'rises ' : words[judgement]
      return `  ${word} ${replica.padEnd(name)} ${what.padEnd(11)} ${from} to ${to}${unit}${hour}`
    }),
  ]
    .flatMap((line) => foldLine(line, width))
    .join('\n')
}

/** What load showed of a cell in one line. */
export function loadJudgedLine(event: EventOf<'load.judged'>): string {
  const { flow, actor, window, judgement, failures, samples, latency, tail, note } = event
  const median =
    latency === undefined
      ? ''
      : `, median ${latency.baselineMs.toFixed(1)} -> ${latency.nowMs.toFixed(1)} ms`
  return `${judgement.toUpperCase()} under load: ${flow} as ${actor} in ${window}, ${failures} of ${samples} failed${median}${tailText(tail)}${note === undefined ? '' : `; ${note}`}`
}

const heads = ['count', 'failed', 'dropped', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms']
const dispensable = ['max ms', 'p99 ms', 'dropped', 'p50 ms', 'count']
const longestMessage = 500
/** The end of a load as text: thresholds, cells, failures. */
export function renderLoadSummary(event: EventOf<'load.summary'>, width: number): string {
  const { cells, thresholds, selfCheck, examples, cut, abortedBy } = event
  const marks = { holds: 'holds  ', crossed: 'CROSSED', 'no-data': 'no data' } as const
  const rows = cells.map(({ flow, actor, count, failed, dropped, p50, p95, p99, max }) => ({
    name: `${flow} × ${actor}`,
    figures: [...[count, failed, dropped].map(String), ...[p50, p95, p99, max].map(shortMs)],
  }))
  const table = figureTable({
    nameHead: '',
    heads,
    rows,
    dispensable,
    width: width - 2,
    ellipsis: '…',
  })
  return [
    ...(event.rate === undefined ? [] : [`AT ${event.rate} PER SECOND`]),
    'THRESHOLDS',
    ...(thresholds.length === 0 ? ['  none: nothing was demanded'] : []),
    ...thresholds.map(
      ({ text, outcome, value, cut }) =>
        `  ${marks[outcome]} ${text}${value === undefined ? '' : ` (${figureText(value)}${cut === undefined ? '' : ` without ${count(cut, subjectOfThreshold(text))} cut off`})`}`,
    ),
    ...(abortedBy === undefined ? [] : [`  ended by ${abortedBy}`]),
    ...(event.interrupted ? [`  interrupted after ${formatDuration(event.durationMs)}`] : []),
    'FLOWS',
    ...table.map((line) => `  ${line}`),
    ...examples.map(
      ({ flow, actor, symptom, message }) =>
        `  e.g. ${symptom}: ${flow} as ${actor}: ${truncate(message, longestMessage, '…')}`,
    ),
    ...(cut > 0 ? [`  ${count(cut, 'flow was', 'flows were')} cut off at the end`] : []),
    ...(event.unreached === undefined ? [] : [`NOTE  ${event.unreached}`]),
    ...(event.requests === undefined ? [] : requestLines(event.requests, width)),
    ...loadLinkLines(event.links ?? []),
    selfCheck.by === undefined
      ? `GENERATOR  started p50 ${selfCheck.lateP50Ms} ms late, p99 ${selfCheck.lateP99Ms} ms; busiest thread ${Math.round(selfCheck.busiest * 100)} %;${selfCheck.lagMs === undefined ? '' : ` event loop ${selfCheck.lagMs} ms late at most;`} ${selfCheck.cpuMs} ms CPU`
      : `GENERATOR  ${selfCheck.by}: what it could not start in time it dropped`,
    ...selfCheck.problems.map((problem) => `  ${problem}`),
  ]
    .flatMap((line) => foldLine(line, width))
    .join('\n')
}

export function renderBreakpoint(event: EventOf<'load.breakpoint'>, width: number): string {
  const { unknownAt, unrecoveredAfter, interrupted, trials, first } = event
  return [
    `BREAKPOINT  ${foundText(event)}`,
    // A rate is tried again at the end of a search only.
    ...(interrupted && trials > 0 ? ['  what was tried once only may be chance'] : []),
    ...(unknownAt === undefined ? [] : [`  at ${unknownAt} per second nothing could be told`]),
    ...(unrecoveredAfter === undefined
      ? []
      : [`  not searched to the end: it did not recover from ${unrecoveredAfter} per second`]),
    ...first.map((text) => `  broke first: ${text}`),
  ]
    .flatMap((line) => foldLine(line, width))
    .join('\n')
}

/** What a search came to. */
export function foundText(event: EventOf<'load.breakpoint'>): string {
  const { holdsAt, breaksAt, interrupted, trials } = event
  if (interrupted && trials === 0) return 'interrupted in the first try: nothing is known'
  const held = holdsAt === undefined ? 'no rate held' : `held at ${holdsAt} per second`
  const broke = breaksAt === undefined ? 'no rate broke it' : `broke at ${breaksAt}`
  const tries = count(trials, 'try', 'tries')
  return interrupted
    ? `interrupted after ${tries}, so far: ${held}, ${broke}`
    : `${held}, ${broke} (${tries})`
}
