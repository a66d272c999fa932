import { inspect } from 'node:util'

import { handlerThrew } from '../core/index.ts'

/** The note of a request on which the code of a site failed: what was thrown, with its stack. */
export function noteOfFault(error: unknown): string {
  return `${handlerThrew}${stackOf(error)}`
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : `${inspect(error)} was thrown`
}
