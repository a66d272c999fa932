import { cellKey, type CellId, type JournalEvent, type SampleRecord } from '../core/index.ts'

/** Each cell by its latest sample: what works right now, judged by nobody. */
export class NowFold {
  readonly #latest = new Map<string, SampleRecord>()

  readonly take = (event: JournalEvent): void => {
    if (event.kind === 'sample') this.#latest.set(cellKey(event), event)
  }

  latest(cell: CellId): SampleRecord | undefined {
    return this.#latest.get(cellKey(cell))
  }

  get failing(): number {
    return [...this.#latest.values()].filter(({ ok }) => !ok).length
  }

  get size(): number {
    return this.#latest.size
  }
}
