import type { Actor, HttpClient, JudgementOptions, Scenario } from '../core/index.ts'
import type { Clock, RunningStack } from '../engine/index.ts'

/** A started system with a scenario whose hypotheses are proven on it. */
export interface Subject {
  readonly scenario: Scenario
  readonly stack: RunningStack
  /** Signed in. */
  readonly actors: readonly Actor[]
  readonly clientFor: (actor: Actor, signal: AbortSignal) => HttpClient
  readonly judgement: JudgementOptions
  readonly clock: Clock
  readonly seed: number
  readonly signal: AbortSignal
  readonly onProgress: (text: string) => void
}
