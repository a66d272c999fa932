import { deriveSeed, seededRandom, type Random } from '../core/index.ts'
import type { WeightedCell } from './profile.ts'

/**
 * Which cell the n-th flow of an executor is, and its own random numbers: a function of seed, name and number alone, so that the same
 * seed gives the same schedule on any number of threads.
 */
export class Schedule {
  readonly #seed: number
  readonly #cumulative: readonly number[]

  constructor(seed: number, name: string, cells: readonly WeightedCell[]) {
    this.#seed = deriveSeed(seed, `load ${name}`)
    let sum = 0
    this.#cumulative = cells.map(({ weight }) => (sum += weight))
  }

  /** Index of the cell. Undefined without cells. */
  pick(index: number): { readonly cell: number; readonly random: Random } {
    // Consecutive numbers are far apart in the generator's state (odd multiplier: no two meet).
    const random = seededRandom((this.#seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0)
    const wanted = random() * (this.#cumulative.at(-1) ?? 0)
    const found = this.#cumulative.findIndex((sum) => wanted < sum)
    return { cell: Math.max(0, found), random }
  }
}
