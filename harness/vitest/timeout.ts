import type { Scenario, Step } from '../core/index.ts'

/** What `JudgementOptions.windowMs` is when a scenario does not say. */
const defaultWindowMs = 20_000
/** For start, sign-in, apply, undo and teardown. */
const besidesWindowsMs = 40_000

const leastMs = 120_000

/**
 * How long the tests of a scenario may take, in ms: 120000, or what its windows may take at most when that is longer. Any test may be
 * the first and wait for the start, or the last and wait for all.
 */
export function timeoutFor(scenario: Pick<Scenario, 'judgement' | 'steps'>): number {
  const windowMs = scenario.judgement?.windowMs ?? defaultWindowMs
  const stages = scenario.steps.reduce((sum, step) => sum + stageCount(step), 0)
  const baselineAndRecovery = 2
  return Math.max(leastMs, besidesWindowsMs + (baselineAndRecovery + stages) * windowMs)
}

function stageCount(step: Step): number {
  return 'rollout' in step && step.rollout.kind === 'staged' ? step.rollout.stages.length : 1
}
