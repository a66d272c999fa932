import type { UndoStep, WaitStep } from './scenario.ts'

const plain = { effects: [], validate: () => [] } as const

/** Undoes a change, or heals a fault, of an earlier step before the run ends. Then every cell must recover, but for the effects of what is still in force. */
export function undo(step: string): UndoStep {
  const title = `undo '${step}'`
  return { ...plain, kind: 'undo', name: `undo-${step}`, title, summary: title, step }
}

/** Lets traffic go on for a span with whatever is in force, and then watches the cells again: what shows late is seen. `durationMs` is above 0, at most 600000. */
export function wait(name: string, durationMs: number): WaitStep {
  const title = `wait for ${durationMs} ms`
  return { ...plain, kind: 'wait', name, title, summary: title, durationMs }
}
