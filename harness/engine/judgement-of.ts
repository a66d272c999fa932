import type { JudgementOptions, LoadJudgementOptions, Scenario } from '../core/index.ts'
import { defaultJudgement, defaultLoadJudgement } from '../judge/index.ts'

/** By what a scenario is judged: what it says itself, and the defaults. */
export function judgementOf({ judgement }: Pick<Scenario, 'judgement'>): JudgementOptions {
  return { ...defaultJudgement, ...judgement }
}

export function loadJudgementOf({
  loadJudgement,
}: Pick<Scenario, 'loadJudgement'>): LoadJudgementOptions {
  return { ...defaultLoadJudgement, ...loadJudgement }
}
