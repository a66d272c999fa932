import { inconclusive, pass, reasonsOf, type Verdict } from '../core/index.ts'
import type { Trial } from './breakpoint.ts'
import type { LoadResult } from './embedded.ts'
import { judgeLoad, spokenOf } from './judge-load.ts'

/** What became of a rate, and why where it did not hold. */
export interface TriedRate {
  readonly trial: Trial
  readonly why: readonly string[]
}

/**
 * A rate holds when its thresholds do and all of its flows were started: those that were dropped never asked the system, which so was not
 * tried at that rate. Then nothing can be told, unless a threshold on dropped_iterations says how many may be dropped.
 */
export function judgeTrial(result: LoadResult): TriedRate {
  const verdict = judgeLoad(result)
  const why = reasonsOf(verdict).map(({ message }) => message)
  if (verdict.kind === 'fail') return { trial: 'breaks', why }
  const unreached = unreachedText(result)
  if (verdict.kind === 'pass' && unreached === undefined) return { trial: 'holds', why }
  return { trial: 'unknown', why: [...why, ...(unreached === undefined ? [] : [unreached])] }
}

/** A load of which more was dropped is another one than was asked for. */
const mayDrop = 0.05

/** Inconclusive for a load of which more than a twentieth was dropped, where no threshold says whether that may be: of that the system was never asked. */
export function judgeReached(result: Pick<LoadResult, 'metrics' | 'thresholds'>): Verdict {
  const { dropped, all } = droppedOf(result)
  const message = unreachedText(result)
  if (message === undefined || dropped <= mayDrop * all) return pass
  return inconclusive({ code: 'no-data', message })
}

/** That flows were dropped, and of how many, where no threshold says whether that may be. */
export function unreachedText({
  metrics,
  thresholds,
}: Pick<LoadResult, 'metrics' | 'thresholds'>): string | undefined {
  const { dropped, all } = droppedOf({ metrics, thresholds })
  if (dropped === 0) return undefined
  const takesMs = metrics.read('iteration_duration', {}, { kind: 'avg' })
  const time = takesMs === undefined ? '' : ` (a flow took ${Math.round(takesMs)} ms)`
  const limits = metrics.limitsOfDropped()
  const [why, more] =
    limits === 'maxDuration'
      ? ['maxDuration was over', 'a longer maxDuration']
      : limits === 'maxVUs'
        ? ['as many as maxVUs allows were under way', 'more maxVUs']
        : ['maxVUs or maxDuration did not allow more', 'more of them']
  return `the ${limits === 'maxVUs' ? 'rate was' : 'load was'} not reached: ${dropped} of ${all} flows were dropped, since ${why}${time}. Give ${more}, or say how many may be dropped, dropped_iterations: ['count<1'] for instance`
}

/** Flows that were dropped of which no threshold speaks, of all that were due. */
function droppedOf({ metrics, thresholds }: Pick<LoadResult, 'metrics' | 'thresholds'>) {
  const ended = metrics.read('iterations', {}, { kind: 'count' }) ?? 0
  return {
    dropped: metrics.besides('dropped', spokenOf(thresholds, 'dropped_iterations')),
    all: metrics.besides('dropped', []) + ended + metrics.cut,
  }
}
