import type { Gives, LiveAction, Takes } from '../report/index.ts'
import type { Bench } from './bench.ts'

/** Something that a person can do to a system that stays up. One a file in actions/. */
export interface Action<A extends LiveAction> {
  /** JSON Schema of what it takes. */
  readonly takes: object
  /** What is being done, in words, for the page and the journal. Absent for an action that alters nothing: it does not wait for others. */
  readonly says?: (input: Takes<A>) => string
  /** Throws HarnessError USAGE for what makes no sense now. */
  run(bench: Bench, input: Takes<A>): Promise<Gives<A>>
}

export const nothing = {}

/** Of an object with these members, all of them needed, and no others. */
export function schemaOf(properties: Readonly<Record<string, object>>): object {
  const required = Object.keys(properties)
  return { type: 'object', additionalProperties: false, required, properties }
}

export const text = { type: 'string', minLength: 1, maxLength: 200 }
