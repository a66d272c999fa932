import { cellKey } from '../core/index.ts'
import { harmedUnderLoad } from './faults.ts'
import type { PageData } from './page-data.ts'
import type { SummaryCell } from './summary-types.ts'

/** Cells that failed in one way, for one reason. */
export interface FailureGroup {
  readonly symptom: string
  readonly how: 'undeclared' | 'declared' | 'under-load' | 'by-hand'
  readonly cells: readonly SummaryCell[]
}

/** All cells that have a failing exchange to show: of those that broke under load only, what was seen of them under it; of those that failed by hand only, under that. */
export function failureGroups({
  summary,
  failures,
  byHand,
}: Pick<PageData, 'summary' | 'failures' | 'byHand'>): FailureGroup[] {
  const hands = new Set(byHand.map(({ name }) => name))
  const failed = harmedUnderLoad(summary).filter(({ judgement }) => judgement === 'broken')
  const underLoad = new Set(failed.map(cellKey))
  const told = summary.cells.flatMap((cell): FailureGroup[] => {
    const { sample, change } = cell
    const how = change?.judgement === 'effect' ? 'declared' : 'undeclared'
    if (sample) return [{ symptom: sample.symptom, how, cells: [cell] }]
    const own = failures.filter((one) => cellKey(one) === cellKey(cell))
    const [first] = own
    if (first && underLoad.has(cellKey(cell)))
      return [{ symptom: first.symptom, how: 'under-load', cells: [cell] }]
    const hand = own.find(({ window }) => hands.has(window))
    return hand ? [{ symptom: hand.symptom, how: 'by-hand', cells: [cell] }] : []
  })
  const groups = Map.groupBy(told, ({ symptom, how }) => `${symptom} ${how}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, cells: [first, ...others].flatMap(({ cells }) => cells) }] : [],
  )
}
