import { cellKey } from '../core/index.ts'
import { headLines, planColumns } from './columns.ts'
import { reasonsByCell, windowKindOf } from './faults.ts'
import type { CellOutcome, Summary, SummaryCell } from './summary-types.ts'
import { displayWidth, padEnd, truncate, unbroken, wrap } from './text.ts'
import type { Mark, Theme } from './theme.ts'

const indent = '  '
const longestFlow = 24

/** The matrix flow × actor, three marks a cell: before, during, after the change. In blocks where it is too wide. */
export function matrixLines(summary: Summary, theme: Theme): string[] {
  const flows = [...new Set(summary.cells.map((cell) => cell.flow))]
  const actors = [...new Set(summary.cells.map((cell) => cell.actor))]
  const cells = new Map(summary.cells.map((cell) => [cellKey(cell), cell]))
  const flagged = flaggedCells(summary)
  const flowWidth = Math.min(longestFlow, Math.max(4, ...flows.map(displayWidth)))
  const room = theme.width - indent.length - flowWidth - 1
  const plan = planColumns(actors, room, flagged.size > 0 ? 4 : 3, theme.symbols.ellipsis)
  const lines: string[] = []
  for (const [index, columns] of plan.blocks.entries()) {
    if (index > 0) lines.push('')
    lines.push(...headLines(columns, indent.length + flowWidth + 1).map(theme.quiet))
    for (const flow of flows) {
      const row = columns.map((column) => {
        const key = cellKey({ flow, actor: column.actor })
        return cellText(cells.get(key), flagged.has(key), column.width, theme)
      })
      const name = padEnd(truncate(flow, flowWidth, theme.symbols.ellipsis), flowWidth)
      lines.push(`${indent}${name} ${row.join(' ')}`.trimEnd())
    }
  }
  if (plan.key.length > 0) {
    lines.push(
      ...wrap(plan.key.map(unbroken).join(', '), { width: theme.width, first: indent }).map(
        theme.quiet,
      ),
    )
  }
  lines.push(...legendLines(summary, flagged.size > 0, theme))
  return lines
}

/** In a scenario where cells should break, a mark alone does not tell which cells went against it: these are flagged. */
function flaggedCells(summary: Summary): ReadonlySet<string> {
  if (summary.expectation === 'holds') return new Set()
  const against = summary.reasons.filter((reason) => windowKindOf(reason.code) === 'change')
  return new Set(reasonsByCell(against).keys())
}

function cellText(
  cell: SummaryCell | undefined,
  isFlagged: boolean,
  width: number,
  theme: Theme,
): string {
  const marks: readonly Mark[] = cell ? marksOf(cell) : ['not-a-cell']
  const text = marks.map((mark) => theme.mark(mark)).join('') + (isFlagged ? theme.bad('!') : '')
  return text + ' '.repeat(width - marks.length - (isFlagged ? 1 : 0))
}

function marksOf(cell: SummaryCell): readonly Mark[] {
  const mark = (outcome: CellOutcome | null): Mark => outcome?.judgement ?? 'none'
  return [mark(cell.baseline), mark(cell.change), mark(cell.recovery)]
}

const meanings: readonly (readonly [Mark, string])[] = [
  ['holds', 'works'],
  ['broken', 'broken'],
  ['effect', 'changed as declared'],
  ['effect-partial', 'as declared, but not always'],
  ['effect-absent', 'declared, did not come'],
  ['undecided', 'not decided'],
  ['none', 'not watched'],
  ['not-a-cell', 'not done by this actor'],
]

/** Only the marks that occur: a legend that is read. */
function legendLines(summary: Summary, hasFlags: boolean, theme: Theme): string[] {
  const used = new Set<Mark>(summary.cells.flatMap(marksOf))
  const flows = new Set(summary.cells.map((cell) => cell.flow)).size
  const actors = new Set(summary.cells.map((cell) => cell.actor)).size
  if (flows * actors > summary.cells.length) used.add('not-a-cell')
  const told = meanings
    .filter(([mark]) => used.has(mark))
    .map(([mark, text]) => `${theme.marks[mark]} ${text}`)
  if (hasFlags) told.push('! not what the scenario says')
  return wrap(told.map(unbroken).join(', '), { width: theme.width, first: indent }).map(theme.quiet)
}
