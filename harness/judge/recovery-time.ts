import {
  cellKey,
  fail,
  inconclusive,
  pass,
  type JournalEvent,
  type Verdict,
} from '../core/index.ts'

/** One failure is nobody's herd. */
const strayFailures = 1

interface Recoveries {
  /** The longest, in ms; undefined where nothing came back. */
  readonly longestMs?: number
  /** Something that was harmed has not been seen well again. */
  readonly isOpen: boolean
}

/**
 * The time that recovery took: from the undo of what harmed a cell until the end of the first window in which the cell was proven to hold,
 * the time that the proof takes included; the longest of all. What suffers from a step that is still in force need not come back yet, and
 * where nothing was harmed there is nothing to come back. A cell that fails right after the undo, and did not before, was harmed by it.
 */
export function checkRecoveryTime(history: readonly JournalEvent[], limitMs: number): Verdict {
  const { longestMs = 0, isOpen } = recoveriesIn(history)
  if (longestMs > limitMs) {
    return fail({
      code: 'slow-recovery',
      message: `everything took ${longestMs.toFixed(0)} ms to come back after the undo, wanted within ${limitMs} ms`,
    })
  }
  return isOpen
    ? inconclusive({
        code: 'no-data',
        message: `how long recovery took is not known, wanted within ${limitMs} ms`,
      })
    : pass
}

function recoveriesIn(history: readonly JournalEvent[]): Recoveries {
  const steps = new Map<string, string | undefined>()
  const inForce = new Set<string>()
  /** Cells that were harmed and not seen well since, by the step under which that began. */
  const harmed = new Map<string, string | undefined>()
  const undoneMs = new Map<string, number>()
  const well = new Set<string>()
  /** Of the last undo, until something is applied or the first window after it is closed. */
  let justUndoneMs: number | undefined
  let longestMs: number | undefined
  for (const event of history) {
    switch (event.kind) {
      case 'window.opened':
        steps.set(event.window.id, event.window.change)
        well.clear()
        break
      case 'change.applied':
        // An undo and a wait are on nothing, and never in force.
        if (event.replicas.length === 0) break
        inForce.add(event.change)
        justUndoneMs = undefined
        break
      case 'cell.judged': {
        const key = cellKey(event)
        const { judgement, window, evidence } = event
        if (judgement === 'holds') {
          well.add(key)
          if (justUndoneMs !== undefined && evidence.failures > strayFailures && !harmed.has(key)) {
            harmed.set(key, undefined)
            undoneMs.set(key, justUndoneMs)
          }
        } else well.delete(key)
        if ((judgement === 'broken' || judgement === 'effect') && !harmed.has(key))
          harmed.set(key, steps.get(window))
        break
      }
      case 'change.undone':
        inForce.delete(event.change)
        justUndoneMs = event.atMs
        for (const [key, step] of harmed) {
          if (step !== undefined && inForce.has(step)) continue
          if (!undoneMs.has(key)) undoneMs.set(key, event.atMs)
        }
        break
      case 'window.closed':
        for (const key of well) {
          const sinceMs = undoneMs.get(key)
          if (sinceMs !== undefined) longestMs = Math.max(longestMs ?? 0, event.atMs - sinceMs)
          harmed.delete(key)
          undoneMs.delete(key)
        }
        well.clear()
        justUndoneMs = undefined
        break
      default:
    }
  }
  return { ...(longestMs === undefined ? {} : { longestMs }), isOpen: harmed.size > 0 }
}
