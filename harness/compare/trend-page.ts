import { brokenCells, count, formatDuration, overall, type Summary } from '../report/index.ts'
import type { Page } from './page.ts'

/** What of a summary.json is looked at over time. */
export type TrendRun = Pick<
  Summary,
  'runId' | 'startedAt' | 'verdict' | 'comparison' | 'cells' | 'timings' | 'statusPage' | 'git'
>

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const asciiBars = ['_', '.', '-', '=', '*', '#'] as const

interface Series {
  readonly name: string
  /** Over a column. */
  readonly short: string
  readonly of: (run: TrendRun) => number | null
  readonly show: (value: number) => string
}

const series: readonly Series[] = [
  { name: 'broken cells', short: 'broken', of: (run) => brokenCells(run).length, show: String },
  {
    name: 'time to a verdict',
    short: 'judged in',
    of: ({ timings }) => timings.verdictMs,
    show: formatDuration,
  },
  {
    name: 'recovery',
    short: 'recovery',
    of: ({ timings }) => timings.recoveryMs,
    show: formatDuration,
  },
  {
    name: 'falsely green',
    short: 'green',
    of: (run) => run.statusPage?.falseGreenMs ?? null,
    show: formatDuration,
  },
  {
    name: 'whole run',
    short: 'in all',
    of: ({ timings }) => timings.totalMs,
    show: formatDuration,
  },
]

/** The runs of a scenario, oldest first, beside so many sessions of `reproduce`: a sparkline for each figure, and a line for each run, the newest at the top. */
export function trendPage(
  scenario: string,
  runs: readonly TrendRun[],
  sessions: number,
  unicode: boolean,
): Page {
  const passes = runs.filter((run) => overall(run) === 'pass').length
  const regressed = runs.filter(({ comparison }) => comparison?.outcome === 'regression').length
  const last = runs.at(-1)
  const isOneYear = new Set(runs.map(({ startedAt }) => startedAt.slice(0, 4))).size === 1
  return {
    title: `${scenario}: the last ${runs.length === 1 ? 'run' : `${runs.length} runs`}`,
    tone: last ? tones[overall(last)] : 'open',
    lead: [
      `${passes} of ${runs.length} passed; the newest: ${last ? verdictOf(last) : 'none'}. Oldest on the left.`,
      ...(regressed === 0
        ? []
        : [`Worse than the baseline that it was held against: ${count(regressed, 'run')}.`]),
      ...(sessions === 0
        ? []
        : [`Left out: ${count(sessions, 'session')} of aftershock reproduce, which are no runs.`]),
    ],
    sections: [
      {
        title: 'Trend',
        table: {
          head: ['figure', 'trend', 'least', 'median', 'most', 'newest'],
          rows: [
            [
              'verdict',
              runs.map((run) => letters[overall(run)]).join(''),
              '',
              '',
              '',
              last ? verdictOf(last) : '',
            ],
            ...series.map((one) => seriesRow(one, runs, unicode ? bars : asciiBars)),
          ],
        },
      },
      {
        title: 'Runs',
        table: {
          head: ['started', 'verdict', ...series.map(({ short }) => short), 'commit'],
          rows: runs.toReversed().map((run) => runRow(run, isOneYear)),
        },
      },
    ],
  }
}

const tones = { pass: 'good', fail: 'bad', inconclusive: 'open' } as const
const letters = { pass: 'P', fail: 'F', inconclusive: '?' } as const

function verdictOf({ verdict, comparison }: TrendRun): string {
  return comparison?.outcome === 'regression' ? `${verdict}, regression` : verdict
}

function seriesRow(
  { name, of, show }: Series,
  runs: readonly TrendRun[],
  symbols: readonly string[],
): string[] {
  const values = runs.map(of)
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  const middle = medianOf(known)
  const shown = (value: number | null | undefined) =>
    value === undefined || value === null ? 'none' : show(value)
  return [
    name,
    sparkline(values, symbols),
    shown(known[0]),
    shown(middle),
    shown(known.at(-1)),
    shown(values.at(-1)),
  ]
}

/** Of an even number the middle of the two in the middle. Undefined of none. */
function medianOf(sorted: readonly number[]): number | undefined {
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.ceil((sorted.length - 1) / 2)]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function runRow(run: TrendRun, isOneYear: boolean): string[] {
  const { startedAt, git } = run
  const figures = series.map(({ of, show }) => {
    const value = of(run)
    return value === null ? 'none' : show(value)
  })
  const commit = git ? `${git.head.slice(0, 7)}${git.dirty ? '+' : ''}` : 'unknown'
  // The year would cost the room that the time needs.
  return [
    startedAt.slice(isOneYear ? 5 : 0, 16).replace('T', ' '),
    verdictOf(run),
    ...figures,
    commit,
  ]
}

/** One symbol for each value, from 0 to the most: so that what barely moves looks so. A dot where there is none. */
export function sparkline(
  values: readonly (number | null)[],
  symbols: readonly string[] = bars,
): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0))
  return values
    .map((value) => {
      if (value === null) return '·'
      const step = most === 0 ? 0 : Math.round((Math.max(0, value) / most) * (symbols.length - 1))
      return symbols[step] ?? ''
    })
    .join('')
}
