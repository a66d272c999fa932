import { figureTable } from './figure-table.ts'
import type { LiveMoment, LiveSecond, LoadLive } from './load-live.ts'
import { padEnd, truncate } from './text.ts'
import type { Theme } from './theme.ts'
import { count, shortMs } from './words.ts'

const label = 9
const mostSymptoms = 4

/** A load as lines: rates, what failed, how it went, latencies of each flow. At most `room` lines. */
export function loadLines(state: LoadLive, theme: Theme, room: number): string[] {
  const newest = state.seconds.at(-1)
  if (!newest) return []
  const lines = [rateLine(state, newest, theme), errorLine(state, theme), ...curves(state, theme)]
  return [...lines, ...flowLines(state, theme, room - lines.length)].slice(0, Math.max(0, room))
}

function rateLine(state: LoadLive, newest: LiveSecond, theme: Theme): string {
  const { started, wanted } = newest
  const parts = [
    wanted === undefined
      ? `${started} flows/s`
      : `wanted ${Math.round(wanted)}/s, got ${started}/s`,
    `${state.inFlight} in flight`,
    `${state.dropped} dropped`,
    `${state.ended} done`,
  ]
  const text = fit(`${'LOAD'.padEnd(label)}${parts.join(` ${theme.symbols.dot} `)}`, theme)
  const isShort = wanted !== undefined && started < wanted * 0.9
  return isShort || state.dropped > 0 ? theme.warn(text) : text
}

function errorLine(state: LoadLive, theme: Theme): string {
  const kinds = [...state.symptoms].toSorted((a, b) => b[1] - a[1])
  const told = kinds
    .slice(0, mostSymptoms)
    .map(([symptom, times]) => `${times} ${theme.symbols.times} ${theme.safe(symptom)}`)
  const rest = kinds.slice(mostSymptoms).reduce((sum, [, times]) => sum + times, 0)
  const words =
    kinds.length === 0 ? 'none' : [...told, ...(rest > 0 ? [count(rest, 'other')] : [])].join(', ')
  const text = fit(`${'errors'.padEnd(label)}${words}`, theme)
  return kinds.length === 0 ? theme.quiet(text) : theme.bad(text)
}

/** Rate and latency, a column a second, and under them what was done to the system then. */
function curves(state: LoadLive, theme: Theme): string[] {
  const most = theme.width - label - 18
  const seconds = state.seconds.slice(-most)
  const rates = seconds.map(({ started }) => started)
  const latencies = seconds.map(({ p95 }) => p95)
  const top = (values: readonly (number | undefined)[]) =>
    Math.max(0, ...values.map((value) => value ?? 0))
  const curve = (name: string, values: readonly (number | undefined)[], unit: string) =>
    fit(
      `${name.padEnd(label)}${padEnd(sparkline(values, top(values), theme), most)} max ${top(values)}${unit}`,
      theme,
    )
  return [
    curve('rate', rates, '/s'),
    curve('p95', latencies, ' ms'),
    ...marksLine(state.moments, seconds, theme),
  ]
}

/** Eight heights from 0 to `top`; a space for what is not known. */
export function sparkline(
  values: readonly (number | undefined)[],
  top: number,
  { symbols }: Pick<Theme, 'symbols'>,
): string {
  const levels = [...symbols.levels]
  return values
    .map((value) => {
      if (value === undefined) return ' '
      const level = top === 0 ? 0 : Math.ceil((value / top) * levels.length) - 1
      return levels[Math.max(0, Math.min(levels.length - 1, level))]
    })
    .join('')
}

function marksLine(
  moments: readonly LiveMoment[],
  seconds: readonly LiveSecond[],
  theme: Theme,
): string[] {
  const last = moments.at(-1)
  if (!last) return []
  const row = Array.from({ length: seconds.length }, () => ' ')
  for (const { atMs, what } of moments) {
    // In the second that ends after it; what came before all that is shown has no column any more.
    const at = seconds.findIndex((second) => second.atMs >= atMs)
    const isBefore = at === 0 && (seconds[0]?.atMs ?? 0) - atMs > 1_500
    if (!isBefore) row[at < 0 ? row.length - 1 : at] = theme.symbols[what]
  }
  const words = `${theme.symbols[last.what]} ${last.what} ${last.name}`
  return [
    fit(`${'changes'.padEnd(label)}${row.join('')}`, theme),
    fit(`${' '.repeat(label)}${theme.safe(words)}`, theme),
  ]
}

function flowLines(state: LoadLive, theme: Theme, room: number): string[] {
  if (room < 2) return []
  const flows = [...state.flows.values()]
  const shown = flows.length < room ? flows : flows.slice(0, Math.max(0, room - 2))
  const hidden = flows.length - shown.length
  const [head = '', ...rows] = figureTable({
    nameHead: 'flow',
    heads: ['per s', 'failed', 'p50 ms', 'p95 ms', 'p99 ms'],
    rows: shown.map(({ flow, count: perSecond, failed, p50, p95, p99 }) => ({
      name: theme.safe(flow),
      figures: [String(perSecond), String(failed), ...[p50, p95, p99].map(shortMs)],
    })),
    dispensable: ['per s', 'p50 ms', 'p99 ms'],
    width: theme.width,
    ellipsis: theme.symbols.ellipsis,
  })
  return [
    theme.quiet(head),
    ...rows.map((text, i) => ((shown[i]?.failed ?? 0) > 0 ? theme.bad(text) : text)),
    ...(hidden > 0 ? [theme.quiet(`${count(hidden, 'more flow')} (raise the window)`)] : []),
  ]
}

function fit(text: string, theme: Theme): string {
  return truncate(text, theme.width, theme.symbols.ellipsis)
}
