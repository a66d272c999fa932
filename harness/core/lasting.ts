import { selects, type CellId } from './cell.ts'
import type { Expectation } from './scenario.ts'

/**
 * Whether the scenario says that the cell, which broke, is broken under `step` too: `before` its end, or the step is the one that is its
 * `end`, or `after`. Undefined where nothing is said, which is so for cells that are to break without an `until`.
 */
export function lasting(
  expect: Expectation,
  steps: readonly { readonly name: string }[],
  cell: CellId,
  step: string,
): 'before' | 'end' | 'after' | undefined {
  if (expect.kind !== 'reproduces') return undefined
  const until = expect.broken.find((selector) => selects(selector, cell))?.until
  if (until === undefined) return undefined
  const place = (name: string) => steps.findIndex((one) => one.name === name)
  const distance = place(step) - place(until)
  return distance < 0 ? 'before' : distance === 0 ? 'end' : 'after'
}

/** Whether the scenario says that the cell is broken under `step`. */
export function mayBreak(
  expect: Expectation,
  steps: readonly { readonly name: string }[],
  cell: CellId,
  step: string,
): boolean {
  if (expect.kind !== 'reproduces') return false
  const said = lasting(expect, steps, cell, step)
  const isExpected = expect.broken.some((selector) => selects(selector, cell))
  return isExpected && (said === undefined || said === 'before')
}
