import type { ThinkTime } from '../../../core/index.ts'
import type { WeightedCell } from '../../profile.ts'

/** What a script knows beside its flows: data, written into it when it is made. */
export interface ScriptPlan {
  readonly seed: number
  /** The service that is asked when a request names none. */
  readonly entry: string
  /** Environment variable with the address of each service. */
  readonly doors: Readonly<Record<string, string>>
  /** By name, which k6 calls a scenario. */
  readonly executors: Readonly<
    Record<
      string,
      {
        readonly cells: readonly WeightedCell[]
        readonly firstIteration: number
        readonly thinkTime?: ThinkTime
      }
    >
  >
}

/** Names of what the script measures itself. */
export const begunMetric = 'aftershock_flows_begun'
export const flowMetric = 'aftershock_flow_duration'
export const failureMetric = 'aftershock_failures'
