import type { Change, Fault, Step, UndoStep, WaitStep } from './scenario.ts'
import type { Stack } from './stack.ts'

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

/** The step not before so many ms after the baseline; at once when those before it took longer. */
export function at<S extends Step>(notBeforeMs: number, step: S): S {
  return { ...step, notBeforeMs }
}

/** The step, for a span after its cells were watched: they are watched once more at its end, and after it was undone. */
export function during(durationMs: number, step: Change | Fault): Step[] {
  return whileHolding(step, wait(`${step.name}-goes-on`, durationMs))
}

/** Further steps while one holds, which is undone after them. */
export function whileHolding(step: Change | Fault, ...steps: readonly Step[]): Step[] {
  return [step, ...steps, undo(step.name)]
}

/** Each round is watched: more than these take longer than anybody waits. */
const mostRounds = 1_000

/** The steps several times, one round after the other. They must undo what they did. From the second round on names end in '-2', '-3' and so on. */
export function repeat(times: number, ...steps: readonly Step[]): Step[] {
  if (!Number.isInteger(times) || times < 1 || times > mostRounds) {
    const problem = `repeat() is given ${times} times: use a whole number from 1 to ${mostRounds}`
    return steps.map((step, i) => ({
      ...step,
      validate: (stack: Stack) => [...(i === 0 ? [problem] : []), ...step.validate(stack)],
    }))
  }
  const own = new Set(steps.map(({ name }) => name))
  return Array.from({ length: times }, (_, i) => i + 1).flatMap((round) =>
    steps.map((step): Step => {
      const renamed = (name: string) => (round === 1 ? name : `${name}-${round}`)
      const again = { ...step, name: renamed(step.name) }
      return again.kind === 'undo' && own.has(again.step)
        ? { ...again, step: renamed(again.step) }
        : again
    }),
  )
}
