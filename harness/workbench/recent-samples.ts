import { cellKey, type CellId, type JournalEvent } from '../core/index.ts'

/** A cell that fails. */
export interface FailingCell extends CellId {
  /** Absent where it fails in more than one way. */
  readonly symptom?: string
  /** Whether it also worked meanwhile. */
  readonly sometimes: boolean
}

interface Seen extends CellId {
  samples: number
  readonly symptoms: Map<string, number>
}

/** How each cell fared since something was last done to the system. */
export class RecentSamples {
  readonly #cells = new Map<string, Seen>()
  #sinceMs = 0
  #nowMs = 0

  readonly take = (event: JournalEvent): void => {
    this.#nowMs = event.atMs
    // What began before tells of how things were before.
    if (event.kind !== 'sample' || event.startMs < this.#sinceMs) return
    const { flow, actor } = event
    const key = cellKey(event)
    const seen: Seen = this.#cells.get(key) ?? { flow, actor, samples: 0, symptoms: new Map() }
    this.#cells.set(key, seen)
    seen.samples += 1
    if (event.ok) return
    const symptom = event.symptom ?? 'failed'
    seen.symptoms.set(symptom, (seen.symptoms.get(symptom) ?? 0) + 1)
  }

  forget(): void {
    this.#cells.clear()
    this.#sinceMs = this.#nowMs
  }

  /** How often the cell that was seen least was seen. */
  least(cells: readonly CellId[]): number {
    return Math.min(...cells.map((cell) => this.#cells.get(cellKey(cell))?.samples ?? 0))
  }

  failing(): FailingCell[] {
    return [...this.#cells.values()].flatMap(({ flow, actor, samples, symptoms }) => {
      const [symptom, ...others] = symptoms.keys()
      if (symptom === undefined) return []
      const failures = [...symptoms.values()].reduce((sum, times) => sum + times, 0)
      const how = others.length === 0 ? { symptom } : {}
      return [{ flow, actor, ...how, sometimes: failures < samples }]
    })
  }
}
