import { overall, overallWord } from './comparison.ts'
import { describeCells, groupCells, type CellGroup } from './groups.ts'
import { exchangeLines } from './exchange-text.ts'
import { notTakenWords, wasTaken } from './faults.ts'
import { isAlarming, titleOf } from './group-lines.ts'
import { headline } from './headline.ts'
import type { LoadEnd } from './load-end.ts'
import { renderLoadTest } from './load-test.ts'
import { codeBlock, codeMarkdown, plainMarkdown } from './markdown-text.ts'
import type { Summary, SummaryChange, SummaryReason } from './summary-types.ts'
import { count, formatDuration, list } from './words.ts'

export interface MarkdownOptions {
  /** Where the whole report is: an address, or a path. */
  readonly link?: string | undefined
}

const mostGroups = 8
const mostLinesOfAGroup = 8
const mostDiffLines = 8
const mostReasons = 5
/** Of a load test, as wide as a terminal. */
const mostLoadLines = 60
const columns = 80
const signs = { pass: '✅', fail: '❌', inconclusive: '⚠️' } as const

/**
 * The verdict in short, for a comment on a pull request or the summary of a CI step: the sentence, the change, the cells that did
 * not simply hold, the first failing exchange, a link. At most some 40 kB. Whatever the system or the scenario says is escaped.
 */
export function renderMarkdown(summary: Summary, { link }: MarkdownOptions = {}): string {
  const groups = groupCells(summary)
  const blocks = [
    `### ${signs[overall(summary)]} ${overallWord(summary)}: ${codeMarkdown(summary.scenario)}`,
    `**${plainMarkdown(headline(summary))}**`,
    comparisonLines(summary),
    summary.changes.map(changeLines).join('\n'),
    groupLines(groups, summary),
    reasonLines(summary),
    summary.loadTest?.length ? codeBlock(loadTestLines(summary.loadTest)) : '',
    firstExchange(groups),
    footer(summary, link),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function comparisonLines(summary: Summary): string {
  const { comparison } = summary
  if (!comparison || comparison.outcome === 'no-regression') return ''
  const { title, lead, worse } = comparison
  const left = worse.length - mostReasons
  return [
    `**${plainMarkdown([title, ...lead.slice(0, 1)].join('. '))}**`,
    ...(worse.length > 0 ? [''] : []),
    ...worse.slice(0, mostReasons).map((line) => `- ${codeMarkdown(line)}`),
    ...(left > 0 ? [`- and ${count(left, 'more line')}`] : []),
  ].join('\n')
}

function loadTestLines(ends: readonly LoadEnd[]): string[] {
  const lines = renderLoadTest(ends, columns).split('\n')
  const more = lines.length - mostLoadLines
  if (more <= 0) return lines
  // What was demanded stands first; what a search came to, and what is told against a baseline, last.
  const isSearch = ends.some(({ kind }) => kind === 'load.breakpoint')
  const first = isSearch ? 0 : mostLoadLines / 2
  return [
    ...lines.slice(0, first),
    `(${count(more, 'line')} left out)`,
    ...lines.slice(first - mostLoadLines),
  ]
}

function changeLines(change: SummaryChange): string {
  const shown = change.explain.slice(0, mostDiffLines)
  const more = change.explain.length - shown.length
  const state = wasTaken(change)
    ? [
        ...(change.refused === undefined
          ? []
          : [`, not applied to ${codeMarkdown(change.refused)}`]),
        ...(change.refused !== undefined && change.replicas.length > 0
          ? [`; applied to ${codeMarkdown(list(change.replicas, 6))}`]
          : []),
      ].join('')
    : `, ${notTakenWords(change)}`
  return [
    `- ${plainMarkdown(change.title)}${state}`,
    ...shown.map((line) => `  - ${codeMarkdown(line)}`),
    ...(more > 0 ? [`  - and ${count(more, 'more line')}`] : []),
  ].join('\n')
}

function groupLines(groups: readonly CellGroup[], summary: Summary): string {
  const shown = groups.slice(0, mostGroups)
  const lines = shown.map((group) => {
    const failures = group.outcomes.reduce((sum, outcome) => sum + outcome.failures, 0)
    const samples = group.outcomes.reduce((sum, outcome) => sum + outcome.samples, 0)
    const symptom = group.symptom === null ? '' : ` ${codeMarkdown(group.symptom)},`
    const title = `${sentence(titleOf(group.kind, summary))}: ${count(group.cells.length, 'cell')}`
    const cells = describeCells(group.cells)
    const more = cells.length - mostLinesOfAGroup
    return [
      `- **${plainMarkdown(title)}**,${symptom} ${failures} of ${count(samples, 'sample')} failed`,
      ...cells.slice(0, mostLinesOfAGroup).map((cell) => `  - ${codeMarkdown(cell)}`),
      ...(more > 0 ? [`  - and ${count(more, 'more line')}`] : []),
    ].join('\n')
  })
  const left = groups.length - shown.length
  return [...lines, ...(left > 0 ? [`- and ${count(left, 'more symptom')}`] : [])].join('\n')
}

function sentence(capitals: string): string {
  return capitals.charAt(0) + capitals.slice(1).toLowerCase()
}

/** What speaks of the whole run; what speaks of cells is said of them. */
function reasonLines(summary: Summary): string {
  const about = summary.reasons.filter((reason) => reason.flow === undefined)
  const shown = about.slice(0, mostReasons)
  const line = ({ code, message }: SummaryReason) =>
    `- ${codeMarkdown(code)} ${plainMarkdown(message)}`
  const left = about.length - shown.length
  return [...shown.map(line), ...(left > 0 ? [`- and ${count(left, 'more reason')}`] : [])].join(
    '\n',
  )
}

/** Of the worst group that has one, and of a break that was meant to be only where there is no other. */
function firstExchange(groups: readonly CellGroup[]): string {
  const cells = [
    ...groups.filter(({ kind }) => isAlarming(kind)),
    ...groups.filter(({ kind }) => !isAlarming(kind)),
  ].flatMap((group) => group.cells)
  const cell = cells.find(({ sample }) => sample?.exchange)
  const exchange = cell?.sample?.exchange
  if (!cell || !exchange) return ''
  return [
    `First failing exchange, ${codeMarkdown(`${cell.flow} as ${cell.actor}`)}:`,
    codeBlock(exchangeLines(exchange)),
  ].join('\n\n')
}

function footer({ runId, runtime, seed, timings, git }: Summary, link?: string): string {
  const commit = git === null ? '' : `, commit ${codeMarkdown(git.head.slice(0, 12))}`
  const about = `${codeMarkdown(runId)} in ${formatDuration(timings.totalMs)} on ${codeMarkdown(runtime)}, seed ${seed}${commit}`
  if (link === undefined) return about
  return /^https?:\/\/[^\s<>()[\]`"'\\]+$/.test(link)
    ? `[The whole report](${link}): ${about}`
    : `The whole report is in ${codeMarkdown(link)}: ${about}`
}
