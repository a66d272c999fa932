import type { ReasonCode, Scenario, Verdict } from '../core/index.ts'
import type { Runtime } from '../engine/index.ts'

/** A hypothesis about a whole run, and the scenario made so that it does not hold: its verdict must be fail. */
export interface RunMutant {
  readonly hypothesis: string
  readonly on: string
  /** Of the reason that must be among those of the verdict; any when absent. */
  readonly code?: ReasonCode
  /** Where it shows otherwise than by a verdict of fail. */
  readonly isNoticed?: (verdict: Verdict) => boolean
  readonly scenario: Scenario
  /** Where not the scenario is broken but what it runs on. */
  readonly onRuntime?: (runtime: Runtime) => Runtime
  /** What to do where it is not noticed. */
  readonly advice?: string
}
