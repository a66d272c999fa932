import type { Step } from '../core/index.ts'
import { worstOutcome } from './summary-cells.ts'
import type { RunModel } from './run-model.ts'
import type { SummaryBroughtBack } from './summary-types.ts'

/**
 * By which steps cells came back that had broken: each step that brought any back, each wait in which any came back, each undo that was tried
 * while cells were broken, even if it brought back none, and last, without a step, what came back although nothing was left to be undone. An
 * undo after which one only waited until some came back may have helped late: that it did not is not said. What came back when all was undone
 * at the end is in none of them.
 */
export function broughtBack(model: RunModel): SummaryBroughtBack[] {
  const { changes, cells } = model.started
  const windows = [...model.windows.values()].filter(({ info }) => info.kind !== 'baseline')
  const namesOf = (wanted: Step['kind']) =>
    new Set<string | null>(changes.flatMap(({ kind, name }) => (kind === wanted ? name : [])))
  const [undos, waits] = [namesOf('undo'), namesOf('wait')]
  const mayHaveHelped = new Set<string | null>()
  const back = new Map<string | null, number>()
  const add = (step: string | null, number: number) =>
    back.set(step, (back.get(step) ?? 0) + number)
  for (const cell of cells) {
    const seen = windows.map((window) => worstOutcome(model, [window], cell)?.judgement)
    const first = seen.indexOf('broken')
    if (first < 0) continue
    const last = seen.lastIndexOf('broken')
    const until = seen.findIndex((judgement, i) => i > last && judgement === 'holds')
    for (const { info } of windows.slice(first + 1, last + 1)) {
      if (info.change !== undefined && undos.has(info.change)) add(info.change, 0)
    }
    const { info } = windows[until] ?? {}
    const isWait = (change: string | undefined) => change !== undefined && waits.has(change)
    const before = windows.slice(0, Math.max(0, until)).map((window) => window.info.change)
    if (isWait(info?.change)) mayHaveHelped.add(before.findLast((one) => !isWait(one)) ?? null)
    if (info?.change !== undefined) add(info.change, 1)
    else if (info && !wasUndoneAfter(model, windows[last]?.openedMs ?? 0)) add(null, 1)
  }
  return [...changes.map(({ name }) => name), null].flatMap((step) => {
    const number = back.get(step)
    if (number === undefined || (number === 0 && mayHaveHelped.has(step))) return []
    return [{ step, isUndo: undos.has(step), cells: number }]
  })
}

function wasUndoneAfter({ undone }: RunModel, sinceMs: number): boolean {
  return undone.some(({ atMs, replicas }) => atMs >= sinceMs && replicas.length > 0)
}
