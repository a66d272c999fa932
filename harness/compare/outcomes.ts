import { cellKey, type Judgement, type WindowKind } from '../core/index.ts'
import { differenceOfProportions, fisherExact, holm } from '../judge/index.ts'
import type { CellFigures, RunFigures, WindowFigures } from './figures.ts'
import type { Standing } from './standing.ts'

/** A cell that was judged otherwise. */
export interface CellDifference {
  readonly flow: string
  readonly actor: string
  readonly window: WindowKind
  readonly a: string
  readonly b: string
  readonly standing: Standing
  /** What the standing does not say. */
  readonly note?: string
}

export interface ErrorDifference {
  readonly flow: string
  readonly actor: string
  readonly window: WindowKind
  readonly a: WindowFigures
  readonly b: WindowFigures
  /** b - a, with its 99 % interval. */
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Fisher's exact test, after Holm. */
  readonly pValue: number
  readonly standing: Standing
}

const windows: readonly WindowKind[] = ['baseline', 'change', 'recovery']
const ranks: Readonly<Record<Judgement, number>> = {
  holds: 0,
  effect: 0,
  undecided: 0,
  'effect-absent': 1,
  'effect-partial': 1,
  broken: 2,
}
const alpha = 0.01
const confidence = 0.99
const leastDifference = 0.05
const notThere = 'not there'

interface Pair {
  readonly flow: string
  readonly actor: string
  readonly window: WindowKind
  readonly a: WindowFigures
  readonly b: WindowFigures
}

/** Of each cell the windows that both runs have. */
export function pairsOf(a: RunFigures, b: RunFigures): Pair[] {
  return a.cells.flatMap((cell: CellFigures) => {
    const { flow, actor } = cell
    const other = b.cells.find((one) => one.flow === flow && one.actor === actor)
    return windows.flatMap((window) => {
      const [before, after] = [cell.windows[window], other?.windows[window]]
      return before && after ? [{ flow, actor, window, a: before, b: after }] : []
    })
  })
}

/**
 * Cells that were judged otherwise, or broke in another way. What either run left undecided is no difference, and a failure that
 * is declared now, or no longer, is neither better nor worse for who meets it.
 */
export function compareCells(pairs: readonly Pair[]): CellDifference[] {
  return pairs.flatMap(({ flow, actor, window, a, b }) => {
    if (a.judgement === 'undecided' || b.judgement === 'undecided') return []
    const worse = ranks[b.judgement] - ranks[a.judgement]
    const isOther = a.judgement !== b.judgement || a.symptom !== b.symptom
    if (!isOther || (worse === 0 && b.judgement === 'holds' && a.judgement === 'holds')) return []
    const note = declaredNote(a, b)
    const standing =
      note !== undefined || worse === 0 ? 'change' : worse > 0 ? 'regression' : 'improvement'
    const found = { flow, actor, window, a: shown(a), b: shown(b), standing } as const
    return [note === undefined ? found : { ...found, note }]
  })
}

/**
 * What is broken in cells that only the second run has: nobody knows how they were before, but that something is broken that a scenario does
 * not say is to break is no good news.
 */
export function brokenNewCells(a: RunFigures, b: RunFigures): CellDifference[] {
  const known = new Set(a.cells.map(cellKey))
  return b.cells
    .filter((cell) => !known.has(cellKey(cell)))
    .flatMap(({ flow, actor, windows: own, brokeAsSaid }) =>
      windows.flatMap((window): CellDifference[] => {
        const seen = own[window]
        if (seen?.judgement !== 'broken') return []
        const isToBreak = window === 'change' && brokeAsSaid === true
        const standing = isToBreak ? 'change' : 'regression'
        return [{ flow, actor, window, a: notThere, b: shown(seen), standing }]
      }),
    )
}

export function isNewCell({ a }: CellDifference): boolean {
  return a === notThere
}

/** Of a cell that fails in both runs, and is declared to in one of them. One that fails in another way undeclared is worse. */
function declaredNote(a: WindowFigures, b: WindowFigures): string | undefined {
  const isSame = a.symptom === b.symptom
  if (a.judgement === 'broken' && b.judgement === 'effect') {
    return isSame
      ? 'fails as before, and is declared to now'
      : 'fails still, and is declared to now'
  }
  if (a.judgement === 'effect' && b.judgement === 'broken' && isSame) {
    return 'fails as before, and is no longer declared to'
  }
  return undefined
}

/** Fisher's exact test on the counts of each cell and window, at 1 % after Holm's correction, and 5 points apart at least. */
export function compareErrors(pairs: readonly Pair[]): ErrorDifference[] {
  const tests = pairs.map(({ a, b }) => fisherExact(countsOf(a), countsOf(b)))
  const pValues = holm(tests)
  return pairs.map(({ flow, actor, window, a, b }, i) => {
    const apart = differenceOfProportions(countsOf(a), countsOf(b), confidence)
    const { difference, low, high } = apart ?? { difference: 0, low: -1, high: 1 }
    const pValue = pValues[i] ?? 1
    const isClear = pValue < alpha && Math.abs(difference) >= leastDifference
    const standing = !isClear ? 'same' : difference > 0 ? 'regression' : 'improvement'
    return { flow, actor, window, a, b, difference, low, high, pValue, standing }
  })
}

function countsOf({ failures, samples }: WindowFigures): { hits: number; total: number } {
  return { hits: failures, total: samples }
}

function shown({ judgement, symptom }: WindowFigures): string {
  return symptom === undefined ? judgement : `${judgement} ${symptom}`
}
