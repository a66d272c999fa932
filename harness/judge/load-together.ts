import { fail, type CellId, type Verdict } from '../core/index.ts'
import { chanceOfFewer } from './failure-ratio.ts'
import { fewestFailures, type LoadQuestion, type LoadSeen } from './load-judge.ts'
import { fisherExact, type Proportion } from './two-proportions.ts'
import { symptomList } from './wording.ts'

/** A cell in the baseline and now. */
export interface CellPair extends CellId {
  readonly before: LoadSeen
  readonly now: LoadSeen
}

interface Together {
  readonly name: string
  readonly cells: readonly CellPair[]
}

/** Each flow that several actors did, and all cells of several flows: what is asked beside the cells themselves. */
export function groupsOf(pairs: readonly CellPair[]): readonly Together[] {
  const byFlow = Map.groupBy(pairs, ({ flow }) => flow)
  const flows = [...byFlow].map(([flow, cells]) => ({ name: `'${flow}' by all its actors`, cells }))
  return [
    ...flows.filter(({ cells }) => cells.length > 1),
    ...(flows.length > 1 ? [{ name: 'all flows together', cells: pairs }] : []),
  ]
}

/**
 * The flows whose cells fail more often only when they are taken together, or else the load that does. Asked once, when all has been
 * measured: by Fisher's exact test, and a binomial tail against the ratio that is tolerated, both at the level of one comparison.
 */
export function failingTogether(
  pairs: readonly CellPair[],
  { comparisons, options }: Omit<LoadQuestion, 'baseline'>,
  than: string,
): readonly Verdict[] {
  const alpha = options.falseAlarm / (2 * Math.max(1, comparisons))
  const failing = groupsOf(pairs).flatMap(({ name, cells }) => {
    const before = beforeOf(cells)
    const now = { hits: sum(cells.map((one) => one.now.failures)), total: totalOf(cells) }
    const isMore = now.hits * before.total > before.hits * now.total
    const pValue = Math.max(
      fisherExact(before, now),
      1 - chanceOfFewer(now.hits, now.total, options.toleratedRatio),
    )
    if (!isMore || now.hits < fewestFailures || pValue > alpha) return []
    const message = `${name} failed under load: ${now.hits} of ${now.total} failed, ${symptomList({ symptoms: symptomsOf(cells) })}, before it were ${before.hits} of ${before.total}, ${than}`
    return [{ isAll: cells === pairs, verdict: fail({ code: 'broken-under-load', message }) }]
  })
  const flows = failing.filter(({ isAll }) => !isAll)
  return (flows.length > 0 ? flows : failing).map(({ verdict }) => verdict)
}

/** Where another share of the traffic is of cells that always failed more, that alone must not look like more failures. */
function beforeOf(cells: readonly CellPair[]): Proportion {
  const total = sum(cells.map(({ before }) => before.samples))
  const expected = sum(
    cells.map(({ before, now }) => (before.failures / Math.max(1, before.samples)) * now.samples),
  )
  const scaled = Math.ceil((expected / Math.max(1, totalOf(cells))) * total - 1e-9)
  return { hits: Math.max(scaled, sum(cells.map(({ before }) => before.failures))), total }
}

function totalOf(cells: readonly CellPair[]): number {
  return sum(cells.map(({ now }) => now.samples))
}

function symptomsOf(cells: readonly CellPair[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { now } of cells) {
    for (const [name, count] of Object.entries(now.symptoms)) all[name] = (all[name] ?? 0) + count
  }
  return all
}

function sum(list: readonly number[]): number {
  return list.reduce((all, one) => all + one, 0)
}
