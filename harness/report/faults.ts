import { cellKey, type CellId, type ReasonCode, type WindowKind } from '../core/index.ts'
import type {
  Summary,
  SummaryCell,
  SummaryChange,
  SummaryLoadCell,
  SummaryReason,
} from './summary-types.ts'

/** Reasons that leave the question open, in a run that failed for others. */
const openCodes: ReadonlySet<ReasonCode> = new Set([
  'no-data',
  'baseline-broken',
  'change-is-noop',
  'apply-failed',
  'site-handler',
  'checker-crashed',
  'run-failed',
  'interrupted',
])

/** Whether a reason says that something is wrong, or that it is not known. */
export function severityOf(
  reason: Pick<SummaryReason, 'code'>,
  verdict: Summary['verdict'],
): 'fail' | 'inconclusive' {
  return verdict === 'inconclusive' || openCodes.has(reason.code) ? 'inconclusive' : 'fail'
}

/** The window that a reason about a cell speaks of; undefined when its code does not tell. */
export function windowKindOf(code: ReasonCode): WindowKind | undefined {
  switch (code) {
    case 'baseline-broken':
      return 'baseline'
    case 'not-recovered':
      return 'recovery'
    case 'broken':
    case 'effect-absent':
    case 'effect-partial':
    case 'not-reproduced':
    case 'wrong-symptom':
      return 'change'
    default:
      return undefined
  }
}

/** Reasons by the cell that they are about. */
export function reasonsByCell(
  reasons: readonly SummaryReason[],
): ReadonlyMap<string, readonly SummaryReason[]> {
  const cells = new Map<string, SummaryReason[]>()
  for (const reason of reasons) {
    if (reason.flow === undefined || reason.actor === undefined) continue
    const key = cellKey({ flow: reason.flow, actor: reason.actor })
    cells.set(key, [...(cells.get(key) ?? []), reason])
  }
  return cells
}

export function isCutOff(summary: Summary): boolean {
  return summary.reasons.some((reason) => reason.code === 'interrupted')
}

/** How a cell that broke under a change stands to what the scenario says. */
export type Standing = 'expected' | 'at-fault' | 'unjudged'

/** Of a scenario that says cells break, the reasons tell which ones should not have; a run that was cut off tells nothing. */
export function standingOf(
  summary: Summary,
  cell: CellId,
  reasons: ReadonlyMap<string, readonly SummaryReason[]>,
): Standing {
  if (summary.expectation === 'holds' || reasons.has(cellKey(cell))) return 'at-fault'
  return isCutOff(summary) ? 'unjudged' : 'expected'
}

/** What load showed to be worse while a change was in force, once for each cell: that it failed, rather than that it was slower. */
export function harmedUnderLoad({ load }: Pick<Summary, 'load'>): SummaryLoadCell[] {
  const inChanges = load?.cells.filter(({ window }) => window.startsWith('change:')) ?? []
  const found = (['slower', 'broken'] as const).flatMap((wanted) =>
    inChanges.filter(({ judgement }) => judgement === wanted),
  )
  return [...new Map(found.map((cell) => [cellKey(cell), cell])).values()]
}

/** Whether it was under load only that cells were harmed, and all of them held again after the undo. */
export function isBackUnderLoad(summary: Pick<Summary, 'load' | 'cells'>): boolean {
  const harmed = harmedUnderLoad(summary)
  if (harmed.length === 0 || brokenCells(summary).length > 0) return false
  const back = summary.load?.cells.filter(
    ({ window, judgement }) => window === 'recovery' && judgement === 'holds',
  )
  const held = new Set(back?.map(cellKey))
  return harmed.every((cell) => held.has(cellKey(cell)))
}

/** Cells that suffered as declared while a fault was on: nobody is to blame, and users had it all the same. */
export function struckCells({ cells, changes }: Pick<Summary, 'cells' | 'changes'>): SummaryCell[] {
  const firstFault = changes.findIndex(({ kind }) => kind === 'fault')
  if (firstFault < 0) return []
  const since = new Set(changes.slice(firstFault).map(({ name }) => name))
  return cells.filter(({ change }) => {
    if (change?.judgement !== 'effect' && change?.judgement !== 'effect-partial') return false
    return change.step !== undefined && since.has(change.step)
  })
}

/** The steps under which these cells broke or were harmed first; a wait does nothing, so that what broke then broke by the step before it. */
export function stepsThatHarmed(
  { changes }: Pick<Summary, 'changes'>,
  cells: readonly { readonly step?: string }[],
): readonly SummaryChange[] {
  const places = cells.map(({ step }) => {
    const taken = changes.findIndex(({ name }) => name === step)
    return changes.findLastIndex(({ kind }, i) => i <= taken && kind !== 'wait')
  })
  return changes.filter((_, i) => places.includes(i))
}

/** The steps under which these cells fared as they did; all that was done where that is not known. */
export function stepsOf(
  summary: Pick<Summary, 'changes'>,
  cells: readonly SummaryCell[],
): readonly SummaryChange[] {
  const outcomes = cells.flatMap(({ change }) => (change ? [change] : []))
  const steps = stepsThatHarmed(summary, outcomes)
  return steps.length === 0 ? stepsDone(summary) : steps
}

/** Whether a declared effect stayed away, or came only now and then. */
export function isMissed(outcome: SummaryCell['change']): boolean {
  return outcome?.judgement === 'effect-absent' || outcome?.judgement === 'effect-partial'
}

/** Applied to at least one replica, and no undo was journaled. */
export function isLeftApplied(change: SummaryChange): boolean {
  return change.replicas.length > 0 && !change.undone
}

/** Whether the run got to a step, be it that the system refused it. */
export function wasTaken({ replicas, explain, refused }: SummaryChange): boolean {
  return replicas.length + explain.length > 0 || refused !== undefined
}

/** Of a step that the run did not get to, or did not bring to its end. */
export function notTakenWords({ kind }: SummaryChange): string {
  return kind === 'wait' || kind === 'undo'
    ? 'not reached, or not brought to its end'
    : 'not applied'
}

/** What was done to the system: undoing that and waiting are left out where there is anything else. */
export function stepsDone({ changes }: Pick<Summary, 'changes'>): readonly SummaryChange[] {
  const done = changes.filter(({ kind }) => kind === 'change' || kind === 'fault')
  return done.length === 0 ? changes : done
}

/** Reasons that say, or leave open, that it did not break as a scenario says: where a step could not be taken nobody looked. */
const notAsSaid: ReadonlySet<ReasonCode> = new Set([
  'broken',
  'not-reproduced',
  'wrong-symptom',
  'effect-absent',
  'effect-partial',
  'broken-under-load',
  'slower-under-load',
  'change-refused',
  'apply-failed',
  'change-is-noop',
  'interrupted',
])

/** Whether cells broke, and load harmed them, just as a scenario says that is to reproduce: other things may have gone wrong beside that. */
export function isReproduced(summary: Summary): boolean {
  const { expectation, verdict, reasons } = summary
  if (expectation !== 'reproduces' || verdict === 'inconclusive') return false
  if (verdict === 'pass') return true
  const isOpen = ({ code, flow }: SummaryReason) => flow !== undefined && openCodes.has(code)
  return (
    brokenCells(summary).length + harmedUnderLoad(summary).length > 0 &&
    !reasons.some((reason) => notAsSaid.has(reason.code) || isOpen(reason))
  )
}

/** Cells that failed before anything was changed. */
export function sickCells(summary: Pick<Summary, 'cells'>): SummaryCell[] {
  return summary.cells.filter(({ baseline }) => baseline?.judgement === 'broken')
}

/** Whether a step of the scenario came into force anywhere. */
export function wasApplied({ changes, cells }: Pick<Summary, 'changes' | 'cells'>): boolean {
  return changes.some(({ replicas }) => replicas.length > 0) || cells.some(({ change }) => change)
}

/** Whether there are faults and no changes: something that happens to a system, and nothing that goes out. */
export function isFaultOnly({ changes }: Pick<Summary, 'changes'>): boolean {
  const kinds = new Set(changes.map(({ kind }) => kind))
  return kinds.has('fault') && !kinds.has('change')
}

export function brokenCells(summary: Pick<Summary, 'cells'>): SummaryCell[] {
  return summary.cells.filter((cell) => cell.change?.judgement === 'broken')
}
