import { exchangeLines } from './exchange-text.ts'
import { describeCells, groupCells, type CellGroup, type GroupKind } from './groups.ts'
import type { CellOutcome, Summary, SummaryCell } from './summary-types.ts'
import { truncate, wrap } from './text.ts'
import type { Theme } from './theme.ts'
import { count, list } from './words.ts'

/** More symptoms than this are told in number only: the whole list is in summary.json. */
const mostSymptoms = 6
const bodyLines = 3

/** The cells that did not simply hold: by what happened, then by symptom, with one failing exchange each; with `verbose` one per cell. */
export function groupLines(summary: Summary, theme: Theme, verbose: boolean): string[] {
  const lines: string[] = []
  const byKind = Map.groupBy(groupCells(summary), (group) => group.kind)
  for (const [kind, groups] of byKind) {
    const cells = groups.reduce((sum, group) => sum + group.cells.length, 0)
    const paint = isAlarming(kind) ? theme.bad : theme.note
    if (lines.length > 0) lines.push('')
    const title = `${titleOf(kind, summary)}: ${count(cells, 'cell')}`
    lines.push(
      ...wrap(title, { width: theme.width, rest: '  ' }).map((line) => theme.strong(paint(line))),
    )
    const shown = verbose ? groups : groups.slice(0, mostSymptoms)
    for (const group of shown) lines.push(...symptomLines(group, summary, theme, verbose))
    if (shown.length < groups.length) {
      lines.push(`  and ${count(groups.length - shown.length, 'more symptom')}`)
    }
  }
  return lines
}

export function isAlarming(kind: GroupKind): boolean {
  return kind !== 'expected' && kind !== 'effect'
}

export function titleOf(kind: GroupKind, summary: Summary): string {
  switch (kind) {
    case 'baseline':
      return 'BROKEN BEFORE ANY CHANGE'
    case 'at-fault':
      if (summary.reasons.some(({ code }) => code === 'site-handler')) {
        return 'BROKE WHILE CODE OF A SITE FAILED'
      }
      return summary.expectation === 'holds'
        ? 'BROKEN BY THE CHANGE'
        : 'BROKE, AND SHOULD HAVE HELD'
    case 'unjudged':
      return 'BROKEN WHEN THE RUN WAS CUT OFF'
    case 'wrong-symptom':
      return 'BROKE IN ANOTHER WAY THAN THE SCENARIO SAYS'
    case 'not-reproduced':
      return 'HELD, AND SHOULD HAVE BROKEN'
    case 'effect-partial':
      return 'CHANGED AS DECLARED, BUT NOT ALWAYS'
    case 'effect-absent':
      return 'DECLARED TO CHANGE, AND DID NOT'
    case 'not-recovered':
      return 'STILL BROKEN AFTER UNDOING'
    case 'undecided':
      return 'NOT DECIDED'
    case 'expected':
      return 'BROKE, AS THE SCENARIO SAYS'
    case 'effect':
      return 'CHANGED, AS DECLARED'
  }
}

function symptomLines(
  group: CellGroup,
  summary: Summary,
  theme: Theme,
  verbose: boolean,
): string[] {
  const { width } = theme
  const lines = wrap(`${symptomHead(group)}${whereSeen(group, summary)}`, {
    width,
    first: '  ',
    rest: '      ',
  }).map(theme.strong)
  for (const text of describeCells(group.cells)) {
    lines.push(...wrap(text, { width, first: '    ', rest: '      ' }))
  }
  if (group.kind === 'undecided') lines.push(...noteLines(group, theme))
  const wanted = verbose ? group.cells.length : group.kind === 'effect' ? 0 : 1
  let shown = 0
  for (const [index, cell] of group.cells.entries()) {
    if (shown === wanted) break
    const sample = sampleLines(cell, group.outcomes[index], theme)
    if (sample.length > 0) shown += 1
    lines.push(...sample)
  }
  return lines
}

function symptomHead(group: CellGroup): string {
  const failures = group.outcomes.reduce((sum, outcome) => sum + outcome.failures, 0)
  const samples = group.outcomes.reduce((sum, outcome) => sum + outcome.samples, 0)
  const seen = `${count(group.cells.length, 'cell')}, ${failures} of ${count(samples, 'sample')} failed`
  if (group.symptom === null) return `no failure: ${seen}`
  return group.kind === 'effect-absent'
    ? `${group.symptom} did not come: ${seen}`
    : `${group.symptom}: ${seen}`
}

/** Which windows, where there was more than one to choose from. */
function whereSeen(group: CellGroup, summary: Summary): string {
  const windows = [...new Set(group.outcomes.map((outcome) => outcome.window))]
  const isPlain = summary.changes.length <= 1 && !windows.some((id) => /:(stage:|before-)/.test(id))
  return isPlain ? '' : ` (${list(windows.map((id) => windowWords(id, summary)))})`
}

/** `change:2:stage:1` in words. */
export function windowWords(id: string, summary: Pick<Summary, 'changes'>): string {
  const [kind, place, part, stage] = id.split(':')
  if (kind === 'baseline') return 'before any change'
  if (kind === 'recovery') return 'after undoing'
  const name = summary.changes[Number(place) - 1]?.name ?? id
  if (part?.startsWith('before-')) return `before '${name}'`
  return stage === undefined ? `under '${name}'` : `under '${name}', stage ${stage}`
}

function noteLines(group: CellGroup, theme: Theme): string[] {
  const notes = new Set(group.outcomes.flatMap((outcome) => outcome.note ?? []))
  return [...notes]
    .slice(0, 3)
    .flatMap((note) => wrap(`why: ${note}`, { width: theme.width, first: '    ' }))
}

function sampleLines(cell: SummaryCell, outcome: CellOutcome | undefined, theme: Theme): string[] {
  const { sample } = cell
  if (!sample || sample.window !== outcome?.window) return []
  const { ellipsis } = theme.symbols
  const options = { width: theme.width, rest: '        ', maxLines: bodyLines, ellipsis }
  const message = sample.message === null ? sample.symptom : sample.message
  const first = `${cell.flow} as ${cell.actor}: ${message}`
  const exchange = sample.exchange ? exchangeLines(sample.exchange) : ['no exchange was kept']
  return [
    ...wrap(`e.g. ${first}`, { ...options, first: '    ', rest: '      ' }),
    ...exchange.flatMap((line) =>
      wrap(truncate(line, 2000, ellipsis), { ...options, first: '      ' }).map(theme.quiet),
    ),
  ]
}
