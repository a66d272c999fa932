import type { Stack, Step } from '../core/index.ts'
import { problem, type Problem } from './problem.ts'

/** What a fault decides cannot be decided by another one too: it would end the first without a word. `earlier`: the steps before it. */
export function checkDecided(
  path: string,
  step: Step,
  earlier: readonly Step[],
  stack: Stack,
): Problem[] {
  if (step.kind !== 'fault' || !step.decides) return []
  // What is of another order is undone by then.
  const before = earlier.filter(({ order }) => order === undefined || order === step.order)
  const ended = before.flatMap((one) => (one.kind === 'undo' ? [one.step] : []))
  const inForce = before.flatMap((one) =>
    one.kind === 'fault' && !one.momentary && !ended.includes(one.name)
      ? (one.decides?.(stack) ?? []).map((what) => ({ what, by: one.name }))
      : [],
  )
  return step.decides(stack).flatMap((what) => {
    const other = inForce.find((one) => one.what === what)
    if (!other) return []
    return problem(
      path,
      `decides ${what}, as '${other.by}' does already`,
      `put undo('${other.by}') before it, or make one fault of both`,
    )
  })
}
