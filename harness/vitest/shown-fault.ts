import { HarnessError } from '../core/index.ts'
import { safeLines, withoutOrders } from '../report/index.ts'

/**
 * A fault of the harness in the form in which Vitest shows it best: its code as the name, its hint after the message, and no stack, since
 * that leads into the harness and the cause lies in a scenario or its system. Anything else is a defect, and keeps its stack.
 */
export function shownFault(error: unknown): unknown {
  if (!(error instanceof HarnessError)) return error
  const { code, message, hint, cause } = error
  const text = withoutOrders(safeLines(hint === undefined ? message : `${message}\n${hint}`))
  const shown = new Error(text, cause === undefined ? {} : { cause })
  shown.name = code
  shown.stack = `${code}: ${text}`
  return shown
}
