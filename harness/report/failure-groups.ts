import { cellKey } from '../core/index.ts'
import { harmedUnderLoad } from './faults.ts'
import type { PageData } from './page-data.ts'
import type { SummaryCell } from './summary-types.ts'

/** Cells that failed in one way, and were judged alike. */
export interface FailureGroup {
  readonly symptom: string
  readonly how: 'undeclared' | 'declared' | 'under-load'
  readonly cells: readonly SummaryCell[]
}

/** All cells that have a failing exchange to show: of those that broke under load only, what was seen of them under it. */
export function failureGroups({
  summary,
  failures,
}: Pick<PageData, 'summary' | 'failures'>): FailureGroup[] {
  const failed = harmedUnderLoad(summary).filter(({ judgement }) => judgement === 'broken')
  const underLoad = new Set(failed.map(cellKey))
  const told = summary.cells.flatMap((cell): FailureGroup[] => {
    const { sample, change } = cell
    const how = change?.judgement === 'effect' ? 'declared' : 'undeclared'
    if (sample) return [{ symptom: sample.symptom, how, cells: [cell] }]
    const own = failures.find((one) => cellKey(one) === cellKey(cell))
    return own && underLoad.has(cellKey(cell))
      ? [{ symptom: own.symptom, how: 'under-load', cells: [cell] }]
      : []
  })
  const groups = Map.groupBy(told, ({ symptom, how, cells: [cell] }) =>
    [symptom, how, cell?.change?.judgement].join(' '),
  )
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, cells: [first, ...others].flatMap(({ cells }) => cells) }] : [],
  )
}
