import { holm, locationShift, mannWhitney } from '../judge/index.ts'
import type { CellFigures, RunFigures } from './figures.ts'
import type { Standing } from './standing.ts'

export interface LatencyDifference {
  readonly flow: string
  readonly actor: string
  readonly group: LatencyGroup
  /** Medians, in ms. */
  readonly aMs: number
  readonly bMs: number
  /** b to a, with the speed of the whole run taken out; Hodges-Lehmann on logarithms. */
  readonly ratio: number
  /** Bounds of the 99 % interval of that. */
  readonly low: number
  readonly high: number
  /** How much longer b took, in ms as they were measured; Hodges-Lehmann. */
  readonly shiftMs: number
  /** Of 'not more than the margin apart', after Holm. */
  readonly pValue: number
  readonly standing: Standing
}

export type LatencyGroup = 'undisturbed' | 'changed'

export interface LatencyComparison {
  readonly compared: number
  /** All that were compared, the clearest first. */
  readonly differences: readonly LatencyDifference[]
  /** How much slower b was as a whole, as a factor; undefined where too few cells say so. */
  readonly speed: Readonly<Partial<Record<LatencyGroup, number>>>
  /** Whether that is more than nothing: a machine that was busier, or a system that is slower everywhere. */
  readonly asAWhole: 'same' | 'slower' | 'much-slower'
}

const alpha = 0.01
const confidence = 0.99
/** Fewer values of a cell than this are not compared. */
const fewestValues = 5
/** With fewer cells than this there is nothing to tell the machine by. */
const fewestCells = 5
const leastRatio = 1.5
const leastRatioAlone = 3
const leastShiftMs = 20
const slower = 1.5
/** From here on nobody should take it for granted that the machine was it. */
const muchSlower = 5
/** Median absolute deviations that a cell must stand out by; 1.4826 of them are a standard deviation. */
const outlier = 3 * 1.4826

interface Pair {
  readonly flow: string
  readonly actor: string
  readonly group: LatencyGroup
  readonly a: readonly number[]
  readonly b: readonly number[]
  readonly logRatio: number
}

/**
 * Latencies of each cell, with a change in force and without one. A busy machine makes all cells slower, and some more than others:
 * so each is held against the others of its run. Its ratio must lie above the median of all cells by a factor of 1.5, and by three
 * standard deviations of these ratios where they spread more (robust: MAD); by 20 ms; and a Mann-Whitney test of 'not more than
 * that factor apart' must reject at 1 % after Holm's correction over all cells. With fewer than five cells there is no such
 * reference, and the factor is 3. A cell that fell behind the others without being 20 ms slower itself, as one that waits for a timer
 * does when the machine has less to do, is no regression, nor is one an improvement that only slowed less than they did: 'change'.
 * What slows all cells alike is told as `speed`; from 1.5 on as 'slower', and from 5 on, and 20 ms in half of the cells, as 'much-slower'.
 */
export function compareLatencies(a: RunFigures, b: RunFigures): LatencyComparison {
  const groups = (['undisturbed', 'changed'] as const).map((group) => pairsOf(a, b, group))
  const judged = groups.flatMap((pairs) => {
    const reference = referenceOf(pairs)
    return pairs.map((pair) => ({ pair, ...reference, ...testOf(pair, reference) }))
  })
  const pValues = holm(judged.map(({ pValue }) => pValue))
  const differences = judged.map((one, i) => differenceOf(one, pValues[i] ?? 1))
  return {
    compared: differences.length,
    differences: differences.toSorted((x, y) => x.pValue - y.pValue || y.ratio - x.ratio),
    speed: Object.fromEntries(
      groups.flatMap((pairs) => {
        const [first] = pairs
        return first && pairs.length >= fewestCells ? [[first.group, referenceOf(pairs).speed]] : []
      }),
    ),
    asAWhole: worst(groups.map(asAWhole)),
  }
}

function asAWhole(pairs: readonly Pair[]): LatencyComparison['asAWhole'] {
  const { speed } = referenceOf(pairs)
  if (speed < slower) return 'same'
  const shiftMs = median(pairs.map(({ a, b }) => locationShift(a, b, confidence)?.shift ?? 0))
  return speed >= muchSlower && shiftMs >= leastShiftMs ? 'much-slower' : 'slower'
}

function worst(found: readonly LatencyComparison['asAWhole'][]): LatencyComparison['asAWhole'] {
  return (['much-slower', 'slower'] as const).find((one) => found.includes(one)) ?? 'same'
}

function pairsOf(a: RunFigures, b: RunFigures, group: LatencyGroup): Pair[] {
  const valuesOf = (cell: CellFigures) =>
    group === 'undisturbed' ? cell.undisturbedMs : cell.changedMs
  return a.cells.flatMap((cell) => {
    const other = b.cells.find(({ flow, actor }) => flow === cell.flow && actor === cell.actor)
    if (!other) return []
    const [before, after] = [valuesOf(cell), valuesOf(other)]
    if (before.length < fewestValues || after.length < fewestValues) return []
    const shift = locationShift(before.map(log), after.map(log), confidence)
    const { flow, actor } = cell
    return [{ flow, actor, group, a: before, b: after, logRatio: shift?.shift ?? 0 }]
  })
}

interface Reference {
  readonly speed: number
  readonly margin: number
}

function referenceOf(pairs: readonly Pair[]): Reference {
  if (pairs.length < fewestCells) return { speed: 1, margin: leastRatioAlone }
  const middle = median(pairs.map(({ logRatio }) => logRatio))
  const spread = median(pairs.map(({ logRatio }) => Math.abs(logRatio - middle)))
  return { speed: Math.exp(middle), margin: Math.max(leastRatio, Math.exp(outlier * spread)) }
}

function testOf({ a, b, logRatio }: Pair, { speed, margin }: Reference): { pValue: number } {
  const isSlower = logRatio > Math.log(speed)
  const factor = isSlower ? speed * margin : speed / margin
  const { superiority, pValue } = mannWhitney(
    a,
    b.map((value) => value / factor),
  )
  // Beyond the margin on the side that the estimate is on, or there is nothing to tell.
  return { pValue: superiority > 0.5 === isSlower ? pValue : 1 }
}

function differenceOf(
  { pair, speed }: { readonly pair: Pair } & Reference,
  pValue: number,
): LatencyDifference {
  const { flow, actor, group, a, b } = pair
  const scaled = (values: readonly number[], factor: number) =>
    values.map((value) => value * factor)
  const logs = locationShift(a.map(log), scaled(b, 1 / speed).map(log), confidence)
  const shiftMs = locationShift(a, b, confidence)?.shift ?? 0
  // Beside the other cells, in ms of the faster one of the two runs.
  const besideMs =
    locationShift(scaled(a, Math.min(1, speed)), scaled(b, Math.min(1, 1 / speed)), confidence)
      ?.shift ?? 0
  return {
    flow,
    actor,
    group,
    aMs: median(a),
    bMs: median(b),
    ratio: Math.exp(logs?.shift ?? 0),
    low: Math.exp(logs?.low ?? -Infinity),
    high: Math.exp(logs?.high ?? Infinity),
    shiftMs,
    pValue,
    standing: pValue < alpha ? standingOf(besideMs, shiftMs) : 'same',
  }
}

function standingOf(besideMs: number, shiftMs: number): Standing {
  if (Math.abs(besideMs) < leastShiftMs) return 'same'
  if (besideMs > 0) return shiftMs >= leastShiftMs ? 'regression' : 'change'
  return shiftMs <= -leastShiftMs ? 'improvement' : 'change'
}

/** Below a tenth of a millisecond clocks tell nothing. */
function log(value: number): number {
  return Math.log(Math.max(0.1, value))
}

function median(values: readonly number[]): number {
  const all = values.toSorted((x, y) => x - y)
  const middle = all.length / 2
  return ((all[Math.ceil(middle) - 1] ?? 0) + (all[Math.floor(middle)] ?? 0)) / 2
}
