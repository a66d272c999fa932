import {
  cellKey,
  combine,
  count,
  fail,
  inconclusive,
  mayBreak,
  pass,
  type EventOf,
  type JournalEvent,
  type Verdict,
} from '../core/index.ts'
import { checkHolding, failures, idOf } from './cell-finding.ts'
import { judgedIn, of, type Judged, type Started } from './history.ts'

/** That every cell worked before anything was changed. */
export function checkBaseline(history: readonly JournalEvent[], started: Started): Verdict {
  const judged = judgedIn(history, (window) => window === 'baseline')
  if (judged.length === 0) {
    return inconclusive({
      code: 'no-data',
      message: 'no baseline was measured, so nothing can be compared with it',
    })
  }
  return combine([
    ...checkMissing(started, judged, 'in the baseline'),
    ...judged.map((cell) => {
      if (cell.judgement === 'holds') return pass
      return inconclusive({
        code: cell.judgement === 'broken' ? 'baseline-broken' : 'no-data',
        cell: idOf(cell),
        message:
          cell.judgement === 'broken'
            ? `already failed before any change (${failures(cell)}); the change was not applied`
            : `not enough was seen of it before the change (${count(cell.evidence.samples, 'sample')}); the change was not applied`,
      })
    }),
  ])
}

/** That a change was applied, and broke no cell but those that may. */
export function checkChange(
  history: readonly JournalEvent[],
  started: Started,
  { name: change, title, order }: Started['changes'][number],
): Verdict {
  const failed = of(history, 'change.failed').find((event) => event.change === change)
  if (failed) return checkFailedChange(failed)
  const windows = of(history, 'window.opened')
    .filter((event) => event.window.change === change)
    .map((event) => event.window.id)
  if (windows.length === 0) {
    if (order !== undefined && isBrokenOff(history, started, order)) return pass
    return inconclusive({ code: 'no-data', message: `'${change}' was never watched` })
  }
  const under = `'${change}'${order === undefined ? '' : ` (${order}: ${title})`}`
  const judged = windows.map((id) => judgedIn(history, (window) => window === id))
  // A step that a person takes again has windows of its own: what it breaks each time is said once.
  const found = Map.groupBy(
    judged.flat().filter((finding) => !mayBreak(started.expect, started.changes, finding, change)),
    cellKey,
  )
  return combine([
    pass,
    ...checkIdle(history, change, under),
    ...judged.flatMap((own) => checkMissing(started, own, `under ${under}`)),
    ...[...found.values()].map((own) => {
      const verdicts = own.map((finding) => checkHolding(finding, under))
      const isWorst = ({ kind }: Verdict) => kind === 'fail'
      return verdicts.find(isWorst) ?? verdicts.find(({ kind }) => kind !== 'pass') ?? pass
    }),
  ])
}

/** That a fault did something each time: what struck nothing proves nothing. */
function checkIdle(history: readonly JournalEvent[], change: string, under: string): Verdict[] {
  const undone = of(history, 'change.undone').filter((event) => event.change === change)
  const [first] = undone
  if (first?.idle === undefined || undone.some(({ idle }) => idle === undefined)) return []
  return [inconclusive({ code: 'change-is-noop', message: `${under} did nothing: ${first.idle}` })]
}

/** That every cell works once all is undone. */
export function checkRecovery(history: readonly JournalEvent[], started: Started): Verdict {
  const judged = judgedIn(history, (window) => window === 'recovery')
  if (judged.length === 0) {
    return inconclusive({ code: 'no-data', message: 'recovery was not watched' })
  }
  return combine([
    ...checkMissing(started, judged, 'after the undo'),
    ...judged.map((cell) => {
      if (cell.judgement === 'holds') return pass
      if (cell.judgement === 'undecided') return checkHolding(cell, '')
      return fail({
        code: 'not-recovered',
        cell: idOf(cell),
        message: `still failed after the undo: ${failures(cell)}`,
      })
    }),
  ])
}

/** Cells of the scenario that a window has no judgement of. Nothing said about a cell is not the same as nothing wrong with it. */
function checkMissing(started: Started, judged: readonly Judged[], where: string): Verdict[] {
  const known = new Set(judged.map(cellKey))
  return started.cells
    .filter((cell) => !known.has(cellKey(cell)))
    .map((cell) =>
      inconclusive({ code: 'no-data', cell: idOf(cell), message: `was not judged ${where}` }),
    )
}

/** Whether an order was left since one of its steps broke something, which is said there. */
function isBrokenOff(
  history: readonly JournalEvent[],
  { changes }: Started,
  order: string,
): boolean {
  const names = changes.filter((change) => change.order === order).map(({ name }) => name)
  const windows = of(history, 'window.opened').flatMap(({ window }) =>
    names.includes(window.change ?? '') ? [window.id] : [],
  )
  return (
    judgedIn(history, (id) => windows.includes(id)).some(
      ({ judgement }) => judgement === 'broken',
    ) || of(history, 'change.failed').some(({ change }) => names.includes(change))
  )
}

function checkFailedChange(failed: EventOf<'change.failed'>): Verdict {
  switch (failed.why) {
    case 'refused':
      return fail({
        code: 'change-refused',
        message: `${failed.replica} refused '${failed.change}': ${failed.message}`,
      })
    case 'noop':
      return inconclusive({
        code: 'change-is-noop',
        message: `'${failed.change}' altered nothing on ${failed.replica}: ${failed.message}`,
      })
    case 'conflict':
    case 'unreachable':
      return inconclusive({
        code: 'apply-failed',
        message: `'${failed.change}' could not be applied to ${failed.replica}: ${failed.message}`,
      })
  }
}
