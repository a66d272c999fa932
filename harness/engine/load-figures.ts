import { cellKey, type LoadCellFigures, type LoadProfile } from '../core/index.ts'
import { LoadTally } from '../judge/index.ts'
import type { LoadMetrics } from '../load/index.ts'

/** Collects of each cell what a baseline keeps. */
export class LoadFiguresTaker {
  readonly #tallies = new Map<string, { flow: string; actor: string; tally: LoadTally }>()

  follow(metrics: LoadMetrics): void {
    metrics.onSample = ({ flow, actor, startMs, durationMs, lateMs, symptom }) => {
      const key = cellKey({ flow, actor })
      const known = this.#tallies.get(key) ?? { flow, actor, tally: new LoadTally() }
      this.#tallies.set(key, known)
      // That the load started a flow late says nothing about the system.
      known.tally.take({ endMs: startMs + durationMs, durationMs: durationMs - lateMs, symptom })
    }
  }

  /** In the order of their keys. */
  cells(durationMs: number): LoadCellFigures[] {
    return [...this.#tallies]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { flow, actor, tally }]) => {
        tally.closeUntil(durationMs)
        const { samples, failures, symptoms, medians, tails } = tally
        return { flow, actor, samples, failures, symptoms, medians, tails }
      })
  }
}

/** What must be the same for two loads to be compared: not the thresholds, which may be made stricter. */
export function profileText({ executors, mix, thinkTime, connections }: LoadProfile): string {
  return JSON.stringify({ executors, mix, thinkTime, connections })
}
