import { deriveSeed } from '../core/index.ts'

/**
 * Flows of one load count from here on, and those of the cells of a scenario from 0: so no content is sent twice. A prime, so that a flow
 * that takes one of so many after the other does not begin with the same one each time; 20 of them are within 32 bits.
 */
const range = 99_999_989
/** Of a k6, whose executors count by themselves; a prime, too. */
const rangeOfExecutor = 9_999_991

export interface LoadNumber {
  readonly seed: number
  /** Which load on this system it is, from 0; 1 for the first beside the cells of a scenario. Default 0. */
  readonly nth?: number
}

/** The first `ctx.iteration` of a load, and of an executor that counts by itself. */
export function firstIteration({ nth = 0 }: LoadNumber, executor = 0): number {
  return nth * range + executor * rangeOfExecutor
}

/** Loads on the same system differ in what is random, too: what one has made, the next would make again. */
export function seedOf({ seed, nth = 0 }: LoadNumber): number {
  return nth === 0 ? seed : deriveSeed(seed, `load ${nth}`)
}
