import type { LoadFigures, Redactor } from '../core/index.ts'
import type { JournalListener } from './journal.ts'
import type { Clock, Runtime } from './ports.ts'

export interface ExperimentOptions {
  readonly runtime: Runtime
  readonly runId: string
  readonly seed: number
  readonly logDir: string
  readonly redactor: Redactor
  readonly clock: Clock
  readonly listeners: readonly JournalListener[]
  /** What is known about the run's surroundings, for the first line of the journal. */
  readonly provenance: {
    /** When the clock was at 0, ISO 8601. */
    readonly startedAt: string
    readonly args: readonly string[]
    readonly versions: Readonly<Record<string, string>>
    readonly git?: { readonly head: string; readonly dirty: boolean }
  }
  /** URL of the scenario's file, from which threads of load take its flows. Without it load runs in this thread. */
  readonly module?: string
  /** On which machine a load test runs: times of another one cannot be compared. */
  readonly machine?: string
  /** What a load test is compared with. */
  readonly loadBaseline?: LoadFigures
  /** Makes each flow a trace, and writes its requests into the journal, for telemetry. Default false. */
  readonly traces?: boolean
  /** Its reason is the name of the signal. */
  readonly signal: AbortSignal
  /** Flows in flight at the same time. Default 8. */
  readonly concurrency?: number
  /** Pause after each flow while nothing waits for evidence, in ms. Default 100. */
  readonly idlePauseMs?: number
}
