import type { Exchange, Expectation, Judgement, ReasonCode, Step, Verdict } from '../core/index.ts'

/** Version of summary.json's format: it grows when a member changes its meaning or goes away. */
export const summaryVersion = 1

/** The outcome of a run as data: what summary.json holds. summary.schema.json says what each member means. */
export interface Summary {
  readonly schemaVersion: typeof summaryVersion
  readonly runId: string
  readonly scenario: string
  readonly title: string
  readonly runtime: string
  readonly seed: number
  readonly startedAt: string
  readonly verdict: Verdict['kind']
  readonly expectation: Expectation['kind']
  readonly reasons: readonly SummaryReason[]
  readonly cells: readonly SummaryCell[]
  readonly changes: readonly SummaryChange[]
  readonly timings: SummaryTimings
  readonly statusPage: SummaryStatusPage | null
  readonly outside: {
    readonly requests: number
    readonly refused: readonly SummaryRefusal[]
  }
  /** Absent where what was written is not read back. */
  readonly writes?: SummaryWrites
  readonly versions: Readonly<Record<string, string>>
  readonly git: { readonly head: string; readonly dirty: boolean } | null
}

/** Writes by what became of them, and what could be read of those that were acknowledged. */
export interface SummaryWrites {
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  readonly lost: number
  readonly duplicated: number
  readonly unread: number
}

export interface SummaryReason {
  readonly code: ReasonCode
  readonly message: string
  readonly flow?: string
  readonly actor?: string
}

export interface SummaryCell {
  readonly flow: string
  readonly actor: string
  readonly flowTitle: string
  readonly actorTitle: string
  readonly baseline: CellOutcome | null
  /** The worst of all windows of changes. */
  readonly change: CellOutcome | null
  readonly recovery: CellOutcome | null
  readonly declared: string | null
  readonly sample: SampleOfFailure | null
}

export interface CellOutcome {
  readonly window: string
  readonly judgement: Judgement
  readonly samples: number
  readonly failures: number
  readonly symptom: string | null
  readonly judgedMs: number
  readonly note: string | null
}

export interface SampleOfFailure {
  readonly window: string
  readonly symptom: string
  readonly message: string | null
  readonly exchange: Exchange | null
}

export interface SummaryChange {
  readonly kind: Step['kind']
  readonly name: string
  readonly title: string
  /** Absent for a fault. */
  readonly service?: string
  readonly explain: readonly string[]
  readonly replicas: readonly string[]
  readonly refused?: string
  readonly undone: boolean
}

export interface SummaryTimings {
  readonly startMs: number | null
  readonly baselineMs: number | null
  readonly applyMs: number | null
  readonly verdictMs: number | null
  readonly undoMs: number | null
  readonly recoveryMs: number | null
  readonly teardownMs: number | null
  readonly totalMs: number
}

export interface SummaryStatusPage {
  readonly detectMs: number | null
  readonly admitMs: number | null
  readonly falseGreenMs: number
  readonly falseRedMs: number
  readonly brokenMs: number
  /** Whether the scenario says that the page stays green while cells are broken; null when it says nothing. */
  readonly expectedToLie: boolean | null
}

export interface SummaryRefusal {
  readonly from: string
  readonly method: string
  readonly url: string
  readonly note: string | null
}
