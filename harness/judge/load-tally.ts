import { blockMs, type LoadSeen } from './load-judge.ts'
import { medianOf, tailOf } from './quantiles.ts'

/** A flow that ended. */
export interface LoadOutcome {
  /** From the opening of the window, in ms. */
  readonly endMs: number
  readonly durationMs: number
  /** Undefined for a success. */
  readonly symptom: string | undefined
}

/** Collects what was seen of one cell in one window. Keeps two numbers for each half second, and single durations of the last few only. */
export class LoadTally implements LoadSeen {
  samples = 0
  failures = 0
  readonly symptoms: Record<string, number> = {}
  readonly medians: number[] = []
  readonly tails: number[] = []
  readonly #open = new Map<number, number[]>()

  take({ endMs, durationMs, symptom }: LoadOutcome): void {
    this.samples += 1
    if (symptom === undefined) {
      const block = Math.floor(endMs / blockMs)
      const list = this.#open.get(block)
      if (list) list.push(durationMs)
      else this.#open.set(block, [durationMs])
      return
    }
    this.failures += 1
    this.symptoms[symptom] = (this.symptoms[symptom] ?? 0) + 1
  }

  /** Adds what the blocks came to that were over by then; true when there was one. A block without a success has none. */
  closeUntil(elapsedMs: number): boolean {
    const over = [...this.#open.keys()]
      .filter((block) => (block + 1) * blockMs <= elapsedMs)
      .toSorted((a, b) => a - b)
    for (const block of over) {
      const durations = this.#open.get(block) ?? []
      this.medians.push(medianOf(durations))
      this.tails.push(tailOf(durations))
      this.#open.delete(block)
    }
    return over.length > 0
  }
}
