import { shuffled, type Random } from '../core/index.ts'

/**
 * Takes members in blocks: each block visits every member once, in a random order of its own.
 * So no run of requests misses a member, and no fixed order falls in step with the traffic.
 */
export class Spread<T> {
  readonly #random: Random
  #members: readonly T[] = []
  #block: T[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Starts a new block. */
  set(members: readonly T[]): void {
    this.#members = [...members]
    this.#block = []
  }

  /** Undefined without members. */
  next(): T | undefined {
    if (this.#block.length === 0) this.#block = shuffled(this.#members, this.#random)
    return this.#block.pop()
  }
}
