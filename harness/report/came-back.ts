import { cellKey, type CellId } from '../core/index.ts'
import type { Summary, SummaryCell } from './summary-types.ts'

/** What came back once all was undone. Every text that speaks of it asks here, so that none contradicts another, nor the reasons. */
export interface CameBack {
  /** unwatched: nobody looked, or there was nothing to come back. all: nothing that was seen speaks against it, and no reason does. */
  readonly kind: 'unwatched' | 'all' | 'not-all'
  /** How many cells changes altered, as declared or not. */
  readonly altered: number
  /** How many of those are as before. */
  readonly back: number
  /** Cells that are not as before without load, whether a change had altered them or not. */
  readonly still: readonly SummaryCell[]
  /** Cells of which nothing was seen after the undo, though they were to be watched or a change had altered them. */
  readonly unwatched: readonly SummaryCell[]
  /** Cells that are worse than before under load only. */
  readonly underLoad: readonly CellId[]
  /** Whether the undo itself failed, or left a configuration other than before. */
  readonly stateDiffers: boolean
}

export function cameBack(summary: Summary): CameBack {
  const codes = new Set(summary.reasons.map(({ code }) => code))
  const altered = summary.cells.filter(isAltered)
  const still = summary.cells.filter(
    (cell) => wasWatched(cell) && cell.recovery?.judgement !== 'holds',
  )
  const stillKeys = new Set(still.map(cellKey))
  const underLoad = [...new Map([...worseUnderLoad(summary), ...blamed(summary)])].flatMap(
    ([key, cell]) => (stillKeys.has(key) ? [] : [cell]),
  )
  const lasting = new Set([...still, ...underLoad].map(cellKey))
  const watched = altered.filter(wasWatched)
  const back = watched.filter((cell) => !lasting.has(cellKey(cell))).length
  const stateDiffers = codes.has('undo-failed') || codes.has('state-differs')
  const isWrong = lasting.size > 0 || codes.has('not-recovered') || stateDiffers
  const unwatched = summary.cells.filter(
    (cell) => !wasWatched(cell) && (isAltered(cell) || cell.recovery !== null),
  )
  const isPartial = watched.length > 0 && unwatched.length > 0
  return {
    kind: isWrong || isPartial ? 'not-all' : watched.length > 0 ? 'all' : 'unwatched',
    altered: altered.length,
    back,
    still,
    unwatched,
    underLoad,
    stateDiffers,
  }
}

/** Whether a change is known to have done anything to the cell, as declared or not. */
export function isAltered({ change }: SummaryCell): boolean {
  return change !== null && !['holds', 'effect-absent', 'undecided'].includes(change.judgement)
}

/** Whether anything was seen of the cell after all was undone. */
export function wasWatched({ recovery }: SummaryCell): boolean {
  return recovery !== null && (recovery.judgement !== 'undecided' || recovery.samples > 0)
}

/** Cells of which a reason says that they did not recover. */
function blamed({ reasons }: Summary): ReadonlyMap<string, CellId> {
  return byKey(
    reasons.flatMap(({ code, flow, actor }) =>
      code === 'not-recovered' && flow !== undefined && actor !== undefined
        ? [{ flow, actor }]
        : [],
    ),
  )
}

/** Cells whose load failed or was slower after the undo than before any change. */
function worseUnderLoad({ load }: Summary): ReadonlyMap<string, CellId> {
  return byKey(
    (load?.cells ?? []).filter(
      ({ window, judgement }) =>
        window === 'recovery' && (judgement === 'broken' || judgement === 'slower'),
    ),
  )
}

function byKey(cells: readonly CellId[]): ReadonlyMap<string, CellId> {
  return new Map(cells.map(({ flow, actor }) => [cellKey({ flow, actor }), { flow, actor }]))
}

/**
 * By what the cells came back that broke, where all of them did: a phrase for each step, with its name in these quotes. Empty where
 * undoing all at the end did it.
 */
export function backBySteps(
  { broughtBack = [], changes }: Summary,
  broke: number,
  quoted: (step: string) => string,
): string[] {
  const number = broughtBack.reduce((sum, { cells }) => sum + cells, 0)
  if (number === 0) return []
  const of = (cells: number) =>
    cells < broke ? `${cells} of ${broke}` : broke === 1 ? 'it' : `all ${broke}`
  const isWait = (step: string) =>
    changes.some(({ kind, name }) => kind === 'wait' && name === step)
  return [
    ...broughtBack.map(({ step, cells }) => {
      if (step !== null && isWait(step)) return `${of(cells)} came back during ${quoted(step)}`
      if (step === null) return `${of(cells)} came back with nothing left to undo`
      return cells === 0
        ? `${quoted(step)} was no help`
        : `${quoted(step)} brought ${of(cells)} back`
    }),
    ...(number < broke ? [`undoing brought ${of(broke - number)} back`] : []),
  ]
}
