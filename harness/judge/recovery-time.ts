import { fail, inconclusive, pass, type JournalEvent, type Verdict } from '../core/index.ts'

interface Recoveries {
  /** The longest, in ms; undefined where nothing came back. */
  readonly longestMs?: number
  /** Something that was harmed has not been seen well again. */
  readonly isOpen: boolean
}

/**
 * The time that recovery took: from an undo until the end of the first window in which every cell was proven to hold, the time that the
 * proof takes included; the longest, where a run has several. Where nothing was harmed there is nothing to come back.
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
  const isWell = new Map<string, boolean>()
  let isHarmed = false
  let undoneMs: number | undefined
  let longestMs: number | undefined
  for (const event of history) {
    if (event.kind === 'cell.judged') {
      const { window, judgement } = event
      isWell.set(window, (isWell.get(window) ?? true) && judgement === 'holds')
      isHarmed ||= judgement === 'broken' || judgement === 'effect'
    } else if (event.kind === 'change.undone' && isHarmed) undoneMs = event.atMs
    else if (event.kind === 'window.closed' && undoneMs !== undefined) {
      if (isWell.get(event.window.id) !== true) continue
      longestMs = Math.max(longestMs ?? 0, event.atMs - undoneMs)
      undoneMs = undefined
      isHarmed = false
    }
  }
  return { ...(longestMs === undefined ? {} : { longestMs }), isOpen: isHarmed }
}
