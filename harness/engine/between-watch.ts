import { cellKey, type CellId, type SampleRecord } from '../core/index.ts'
import type { CellTally } from '../judge/index.ts'
import { SecondLook, type SecondLookOptions } from './second-look.ts'

export interface BetweenOptions extends Omit<SecondLookOptions, 'onBroken'> {
  /** Those that held when time began to go by. */
  readonly held: readonly CellId[]
  /** Samples that began before this, in ms, say nothing. */
  readonly sinceMs: number
}

/** While time goes by and no window is open: whether a cell breaks that held. */
export class BetweenWatch {
  readonly #look: SecondLook
  readonly #broken = new Map<string, CellTally>()
  readonly #broke = Promise.withResolvers<void>()

  constructor({ held, sinceMs, ...options }: BetweenOptions) {
    this.#look = new SecondLook({
      ...options,
      onBroken: (id, tally) => {
        this.#broken.set(cellKey(id), tally)
        this.#broke.resolve()
      },
    })
    for (const id of held) this.#look.watch(id, sinceMs)
  }

  /** Resolves when the first cell is broken. */
  get broke(): Promise<void> {
    return this.#broke.promise
  }

  /** What was seen of those that are, by their keys. */
  get broken(): ReadonlyMap<string, CellTally> {
    return this.#broken
  }

  take(sample: SampleRecord): void {
    this.#look.take(sample)
  }
}
