import { cellKey } from '../core/index.ts'
import { brokenCells, reasonsByCell, standingOf, type Standing } from './faults.ts'
import type { CellOutcome, Summary, SummaryCell } from './summary-types.ts'

export type GroupKind =
  | 'baseline'
  | 'at-fault'
  | 'unjudged'
  | 'wrong-symptom'
  | 'not-reproduced'
  | 'effect-partial'
  | 'effect-absent'
  | 'not-recovered'
  | 'undecided'
  | 'expected'
  | 'effect'

/** Cells that went the same way, with the same symptom. */
export interface CellGroup {
  readonly kind: GroupKind
  /** The symptom seen most; for an absent effect and a break that did not come, the one that was waited for. */
  readonly symptom: string | null
  readonly cells: readonly SummaryCell[]
  /** What is told of each cell, in the same order. */
  readonly outcomes: readonly CellOutcome[]
}

const standingKinds: Record<Standing, GroupKind> = {
  expected: 'expected',
  'at-fault': 'at-fault',
  unjudged: 'unjudged',
}

/** Every cell that did not simply hold, by what happened to it and by symptom; the worst kinds and the largest groups first. */
export function groupCells(summary: Summary): CellGroup[] {
  const reasons = reasonsByCell(summary.reasons)
  const codesOf = (cell: SummaryCell) =>
    new Set((reasons.get(cellKey(cell)) ?? []).map((reason) => reason.code))
  const inBaseline = (cell: SummaryCell) => cell.baseline?.judgement === 'broken'
  const broken = brokenCells(summary)
  const byStanding = (standing: Standing) =>
    broken.filter(
      (cell) =>
        standingOf(summary, cell, reasons) === standing && !codesOf(cell).has('wrong-symptom'),
    )
  const judged = (judgement: CellOutcome['judgement']) => (cell: SummaryCell) =>
    cell.change?.judgement === judgement
  return [
    ...bySymptom('baseline', summary.cells.filter(inBaseline), (cell) => cell.baseline),
    ...(['at-fault', 'unjudged'] as const).flatMap((standing) =>
      bySymptom(standingKinds[standing], byStanding(standing), (cell) => cell.change),
    ),
    ...bySymptom(
      'wrong-symptom',
      broken.filter((cell) => codesOf(cell).has('wrong-symptom')),
      (cell) => cell.change,
    ),
    ...bySymptom(
      'not-reproduced',
      summary.cells.filter((cell) => codesOf(cell).has('not-reproduced')),
      (cell) => cell.change,
    ),
    ...bySymptom('effect-partial', summary.cells.filter(judged('effect-partial')), changeOf),
    ...bySymptom('effect-absent', summary.cells.filter(judged('effect-absent')), changeOf),
    ...bySymptom(
      'not-recovered',
      summary.cells.filter((cell) => cell.recovery?.judgement === 'broken'),
      (cell) => cell.recovery,
    ),
    ...bySymptom('undecided', summary.cells.filter(isUndecided), undecidedOf),
    ...bySymptom('expected', byStanding('expected'), changeOf),
    ...bySymptom('effect', summary.cells.filter(judged('effect')), changeOf),
  ]
}

function changeOf(cell: SummaryCell): CellOutcome | null {
  return cell.change
}

function undecidedOf(cell: SummaryCell): CellOutcome | null {
  const seen = [cell.baseline, cell.change, cell.recovery]
  return seen.find((outcome) => outcome?.judgement === 'undecided') ?? null
}

function isUndecided(cell: SummaryCell): boolean {
  return undecidedOf(cell) !== null
}

function bySymptom(
  kind: GroupKind,
  cells: readonly SummaryCell[],
  outcomeOf: (cell: SummaryCell) => CellOutcome | null,
): CellGroup[] {
  const told = cells.flatMap((cell) => {
    const outcome = outcomeOf(cell)
    return outcome ? [{ cell, outcome }] : []
  })
  const grouped = Map.groupBy(told, ({ cell, outcome }) =>
    kind === 'effect-absent' ? cell.declared : outcome.symptom,
  )
  return [...grouped]
    .map(([symptom, members]) => ({
      kind,
      symptom,
      cells: members.map((member) => member.cell),
      outcomes: members.map((member) => member.outcome),
    }))
    .toSorted((a, b) => b.cells.length - a.cells.length)
}

/** `post-image, post-link as web, mobile`: flows that the same actors do together. */
export function describeCells(cells: readonly SummaryCell[]): string[] {
  const actorsOf = Map.groupBy(cells, (cell) => cell.flow)
  const byActors = Map.groupBy(
    [...actorsOf].map(([flow, own]) => ({
      flow,
      actors: own.map((cell) => cell.actor).join(', '),
    })),
    ({ actors }) => actors,
  )
  return [...byActors].map(
    ([actors, flows]) => `${flows.map(({ flow }) => flow).join(', ')} as ${actors}`,
  )
}
