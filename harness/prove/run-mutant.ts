import type { ReasonCode, Scenario } from '../core/index.ts'

/** A hypothesis about a whole run, and the scenario made so that it does not hold: its verdict must be fail. */
export interface RunMutant {
  readonly hypothesis: string
  readonly on: string
  /** Of the reason that must be among those of the verdict; any when absent. */
  readonly code?: ReasonCode
  readonly scenario: Scenario
}
