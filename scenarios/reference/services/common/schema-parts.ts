/** Pieces of JSON Schema (draft 7) that the configuration documents of all services share. */

export function strictObject(
  properties: Record<string, object>,
  optional: readonly string[] = [],
): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    properties,
  }
}

export const integer = (minimum: number, maximum: number): object => ({
  type: 'integer',
  minimum,
  maximum,
})

export const ratio: object = { type: 'number', minimum: 0, maximum: 1 }
export const boolean: object = { type: 'boolean' }
export const strings: object = { type: 'array', items: { type: 'string', minLength: 1 } }
export const generation: object = integer(1, Number.MAX_SAFE_INTEGER)

/** Where content from before a cutoff is. No dots: a prefix can name another directory, never one outside. */
export const legacyPrefix: object = {
  type: 'string',
  pattern: '^([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?$',
}

/** How a service calls another one. */
export interface UpstreamSettings {
  /** Limit of one attempt, from the first byte sent to the last one received. */
  timeoutMs: number
}

export interface RetrySettings {
  /** Further attempts after the first; idempotent requests only. */
  max: number
  /** Wait before the first further attempt; doubles with each. */
  baseMs: number
  /** Share of the wait that is random, 0 to 1. */
  jitter: number
}

export const upstream = strictObject({ timeoutMs: integer(1, 60_000) })
export const retry = strictObject({
  max: integer(0, 10),
  baseMs: integer(0, 10_000),
  jitter: ratio,
})
