import type { ComparedWithBaseline, Verdict } from '../core/index.ts'
import { padEnd, truncate } from './text.ts'
import { makeTheme, type RenderOptions, type Theme } from './theme.ts'
import { count, formatDuration } from './words.ts'

/** One scenario of a suite. */
export interface SuiteRow {
  readonly scenario: string
  readonly expectation: string
  /** 'error': the harness failed, and there is no verdict. 'not run': it could not be run here, or the suite was cut off before. */
  readonly verdict: Verdict['kind'] | 'error' | 'not run'
  readonly seconds: number
  /** What came of holding it against its baseline; a regression is a fail. */
  readonly baseline?: ComparedWithBaseline['outcome']
}

/** What several scenarios came to, as data: the last line of `run --json`. */
export interface Suite {
  readonly suite: readonly SuiteRow[]
  readonly counts: Readonly<Partial<Record<SuiteRow['verdict'], number>>>
  /** From the first to the last, with what lies between them. */
  readonly seconds: number
}

export function summarizeSuite(rows: readonly SuiteRow[], totalMs: number): Suite {
  const groups = Map.groupBy(rows, ({ verdict }) => verdict)
  return {
    suite: rows,
    counts: Object.fromEntries([...groups].map(([verdict, all]) => [verdict, all.length])),
    seconds: toSeconds(totalMs),
  }
}

/** To a tenth. */
export function toSeconds(durationMs: number): number {
  return Math.round(durationMs / 100) / 10
}

const headings = ['SCENARIO', 'EXPECTATION', 'VERDICT', 'SECONDS'] as const

/** Scenario × expectation × verdict × seconds, in lines of at most `width` columns, and a line that adds them up. */
export function renderSuite({ suite, counts, seconds }: Suite, options: RenderOptions): string {
  const theme = makeTheme(options)
  const cells = suite.map((row) => [
    theme.safe(row.scenario),
    row.expectation,
    row.verdict.toUpperCase() + (row.baseline === 'regression' ? ' (regression)' : ''),
    row.verdict === 'not run' ? '' : row.seconds.toFixed(1),
  ])
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((row) => (row[i] ?? '').length)),
  )
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0)
  widths[0] = Math.min(widths[0] ?? 0, Math.max(12, theme.width - others))
  const line = (row: readonly string[], paint: (text: string) => string): string => {
    const [id = '', expectation = '', verdict = '', time = ''] = row
    return [
      padEnd(truncate(id, widths[0] ?? 0, theme.symbols.ellipsis), widths[0] ?? 0),
      padEnd(expectation, widths[1] ?? 0),
      paint(padEnd(verdict, widths[2] ?? 0)),
      time.padStart(widths[3] ?? 0),
    ].join('  ')
  }
  const parts = Object.entries(counts).map(([verdict, n]) => `${n} ${verdict}`)
  return [
    theme.strong(line(headings, (text) => text).trimEnd()),
    ...cells.map((row, i) => line(row, paintOf(suite[i]?.verdict, theme)).trimEnd()),
    theme.strong(
      `${count(suite.length, 'scenario')}: ${parts.join(', ')}, in ${formatDuration(seconds * 1_000)}`,
    ),
  ].join('\n')
}

function paintOf(verdict: SuiteRow['verdict'] | undefined, theme: Theme) {
  if (verdict === 'pass') return theme.good
  return verdict === 'fail' || verdict === 'error' ? theme.bad : theme.warn
}
