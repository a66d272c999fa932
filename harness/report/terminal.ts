import { notTakenWords, reasonsByCell, wasTaken } from './faults.ts'
import { groupLines } from './group-lines.ts'
import { headline } from './headline.ts'
import { linkSentences } from './link-lines.ts'
import { loadLines } from './load-section.ts'
import { renderLoadTest } from './load-test.ts'
import { matrixLines } from './matrix.ts'
import { statusPageWords } from './status-page-words.ts'
import type { Summary, SummaryChange, SummaryReason, SummaryWrites } from './summary-types.ts'
import { mapStrings, padEnd, unbroken, wrap } from './text.ts'
import { makeTheme, type RenderOptions, type Theme } from './theme.ts'
import { count, formatDuration, list } from './words.ts'

export interface TerminalOptions extends RenderOptions {
  /** One failing exchange per broken cell instead of one per symptom. */
  readonly verbose?: boolean
  /** The system is still up with the change in force: what is said is what it does now. */
  readonly standing?: boolean
  /** What the run left behind, as `name: path`, in the order given. */
  readonly files?: Readonly<Record<string, string>>
}

const labelWidth = 13
const mostCells = 1
const mostReasons = 4
const mostRefusals = 5
const mostDiffLines = 12
const mostLogLines = 12

/** The end of a run on a terminal: lines of at most `width` columns, no line break at the end. Whatever the system said is made safe to print. */
export function renderTerminal(source: Summary, options: TerminalOptions): string {
  const theme = makeTheme(options)
  const safeLines = (text: string) => text.split('\n').map(theme.safe).join('\n')
  const summary = {
    ...mapStrings(source, theme.safe),
    // They may end in the last lines of a log.
    reasons: mapStrings(source.reasons, safeLines),
  }
  const standing = options.standing ?? false
  const sections = [
    standing ? standingLines(summary, theme) : headLines(summary, theme),
    summary.changes.flatMap((change) => changeLines(change, theme, standing)),
    ...(summary.loadTest
      ? [[renderLoadTest(summary.loadTest, theme.width)]]
      : cellSections(summary, theme, options.verbose ?? false)),
    reasonLines(summary, theme),
    standing ? [] : factLines(summary, theme, options.files ?? {}),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function cellSections(summary: Summary, theme: Theme, verbose: boolean): string[][] {
  return [
    [
      ...wrap('marked three times: before, during and after the change', {
        width: theme.width,
        first: 'CELLS  ',
      }).map(theme.strong),
      ...matrixLines(summary, theme),
    ],
    groupLines(summary, theme, verbose),
    loadLines(summary, theme),
  ]
}

function headLines(summary: Summary, theme: Theme): string[] {
  const word = summary.verdict.toUpperCase()
  const paint = { pass: theme.good, fail: theme.bad, inconclusive: theme.warn }[summary.verdict]
  const [first = '', ...rest] = wrap(headline(summary), {
    width: theme.width,
    first: `${word}  `,
  })
  const about = `${summary.scenario}: ${summary.title} (${summary.runtime}, seed ${summary.seed})`
  return [
    theme.strong(paint(word)) + theme.strong(first.slice(word.length)),
    ...rest.map(theme.strong),
    ...baselineLines(summary, theme),
    ...wrap(about, { width: theme.width, first: ' '.repeat(word.length + 2) }).map(theme.quiet),
  ]
}

/** In short: what came out against a baseline is told in full below the report. */
function baselineLines({ comparison }: Summary, theme: Theme): string[] {
  if (!comparison || comparison.outcome === 'no-regression') return []
  const paint = comparison.outcome === 'regression' ? theme.bad : theme.warn
  return wrap(comparison.title, { width: theme.width }).map((line) => theme.strong(paint(line)))
}

/** The head for a system that stays up. */
function standingLines(summary: Summary, theme: Theme): string[] {
  const broken = summary.cells.filter(
    (cell) => (cell.change ?? cell.baseline)?.judgement === 'broken',
  ).length
  const paint = broken > 0 ? theme.bad : theme.good
  const text = `${broken} of ${count(summary.cells.length, 'cell')} ${broken === 1 ? 'is' : 'are'} broken now, and the system stays up`
  return wrap(text, { width: theme.width, first: 'LIVE  ' }).map((line) =>
    theme.strong(paint(line)),
  )
}

function changeLines(change: SummaryChange, theme: Theme, standing: boolean): string[] {
  const { width } = theme
  const lines = wrap(change.title, { width, first: 'CHANGE  ' }).map(theme.strong)
  if (change.replicas.length > 0) {
    const undone = change.undone
      ? 'applied and undone'
      : standing
        ? 'in force'
        : 'applied, NOT UNDONE'
    lines.push(
      ...wrap(`${undone} on ${list(change.replicas, 6)}`, { width, first: '  ', rest: '    ' }),
    )
  } else if (!wasTaken(change)) {
    lines.push(`  ${notTakenWords(change)}`)
  }
  if (change.refused !== undefined) {
    lines.push(
      ...wrap(`NOT APPLIED to ${change.refused}`, {
        width,
        first: '  ',
        rest: '    ',
        maxLines: 8,
      }),
    )
  }
  const shown = change.explain.slice(0, mostDiffLines)
  for (const line of shown) {
    const text = line.replaceAll('->', theme.symbols.arrow)
    lines.push(...wrap(text, { width, first: '    ', rest: '      ' }).map(theme.note))
  }
  const more = change.explain.length - shown.length
  if (more > 0) lines.push(`    and ${count(more, 'more line')}`)
  return lines
}

/** All reasons about the whole run; the cells are listed above already, so that one of each kind does. */
function reasonLines(summary: Summary, theme: Theme): string[] {
  if (summary.verdict === 'pass') return []
  const lines = [
    theme.strong(`WHY ${summary.verdict === 'fail' ? 'IT FAILED' : 'NOTHING IS PROVEN'}`),
  ]
  for (const [code, reasons] of Map.groupBy(summary.reasons, (reason) => reason.code)) {
    const runLevel = reasons.filter((reason) => reason.flow === undefined)
    const ofCells = reasons.filter((reason) => reason.flow !== undefined)
    const cells = [...reasonsByCell(ofCells).values()]
    // What one cell suffered under several steps may tell which of them it is.
    const told = cells.slice(0, mostCells).flatMap((own) => distinct(own).slice(0, mostReasons))
    const shown = [...runLevel, ...told]
    for (const reason of shown) {
      const [first = '', ...log] = reasonText(reason).split('\n')
      lines.push(...wrap(first, { width: theme.width, first: '  ', rest: '    ' }))
      for (const line of log.slice(-mostLogLines)) {
        lines.push(
          ...wrap(line.trim(), {
            width: theme.width,
            // What a program wrote is not to be taken for a line of the report.
            first: '    | ',
            rest: '    |   ',
            maxLines: 2,
          }).map(theme.note),
        )
      }
    }
    const more = cells.length - mostCells
    if (more > 0) {
      const text = `[${code}] and ${count(more, 'cell')} more, listed above`
      lines.push(...wrap(text, { width: theme.width, first: '  ', rest: '    ' }))
    }
  }
  return lines
}

function distinct(reasons: readonly SummaryReason[]): SummaryReason[] {
  return [...Map.groupBy(reasons, ({ message }) => message).values()].flatMap(([first]) =>
    first ? [first] : [],
  )
}

function reasonText({ code, message, flow, actor }: SummaryReason): string {
  return `[${code}] ${flow === undefined ? '' : `${flow} as ${actor}: `}${message}`
}

function factLines(
  summary: Summary,
  theme: Theme,
  files: Readonly<Record<string, string>>,
): string[] {
  const fact = (label: string, text: string) =>
    wrap(text, { width: theme.width, first: padEnd(label, labelWidth) })
  const page = summary.statusPage
  return [
    ...(summary.loadTest
      ? []
      : fact(
          'STATUS PAGE',
          page ? statusPageWords(page, summary) : 'not compared with what users saw',
        )),
    ...outsideLines(summary, theme),
    ...((summary.links ?? []).length === 0
      ? []
      : linkSentences(summary.links ?? []).flatMap((text, i) =>
          fact(i === 0 ? 'LINKS' : '', text),
        )),
    ...(summary.writes ? fact('WRITES', writesWords(summary.writes)) : []),
    ...fact('TIME', timeWords(summary)),
    ...Object.entries(files).flatMap(([name, path], index) =>
      fact(index === 0 ? 'FILES' : '', `${theme.safe(name)}: ${theme.safe(path)}`),
    ),
  ]
}

function outsideLines(summary: Summary, theme: Theme): string[] {
  const { requests, refused } = summary.outside
  const asked = Map.groupBy(refused, (one) => `${one.method} ${one.url} from ${one.from}`)
  const told =
    refused.length === 0
      ? `${count(requests, 'request')} to mocked sites, none refused`
      : `REFUSED ${refused.length} of ${count(requests, 'request')} to the outside:`
  const lines = wrap(told, { width: theme.width, first: padEnd('OUTSIDE', labelWidth) })
  for (const [what, times] of [...asked].slice(0, mostRefusals)) {
    const note = times[0]?.note ? ` (${times[0].note})` : ''
    lines.push(
      ...wrap(`${times.length}${theme.symbols.times} ${what}${note}`, {
        width: theme.width,
        first: ' '.repeat(labelWidth),
        maxLines: 3,
        ellipsis: theme.symbols.ellipsis,
      }),
    )
  }
  const more = asked.size - mostRefusals
  if (more > 0)
    lines.push(`${' '.repeat(labelWidth)}and ${count(more, 'other address', 'other addresses')}`)
  return lines
}

function writesWords({
  ok,
  failed,
  unknown,
  lost,
  duplicated,
  phantom = 0,
  unread,
}: SummaryWrites): string {
  const wrong = [
    ...(lost > 0 ? [`${lost} LOST`] : []),
    ...(duplicated > 0 ? [`${duplicated} THERE TWICE`] : []),
    ...(phantom > 0 ? [`${phantom} of ${failed} refused THERE ALL THE SAME`] : []),
    ...(unread > 0 ? [`${unread} not readable`] : []),
  ]
  const found = wrong.length === 0 ? 'each read back once' : wrong.join(', ')
  return `${ok} acknowledged, ${found}; ${unknown} with an outcome that is not known`
}

function timeWords({ timings, changes }: Summary): string {
  const parts = [
    ['start', timings.startMs],
    ['baseline', timings.baselineMs],
    ['apply', timings.applyMs],
    [changes.length > 1 ? 'the longest judged' : 'judge', timings.verdictMs],
    ['undo', timings.undoMs],
    ['recover', timings.recoveryMs],
    ['teardown', timings.teardownMs],
  ] as const
  const told = parts.flatMap(([name, ms]) => (ms === null ? [] : `${name} ${formatDuration(ms)}`))
  return [`${formatDuration(timings.totalMs)} in all`, ...told].map(unbroken).join(', ')
}
