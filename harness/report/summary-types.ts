import type {
  ComparedWithBaseline,
  Exchange,
  Expectation,
  Judgement,
  LinkCount,
  LoadJudgement,
  ReasonCode,
  Step,
  Verdict,
} from '../core/index.ts'
import type { LoadEnd } from './load-end.ts'

/** Version of summary.json's format: it grows when a member changes its meaning or goes away. */
export const summaryVersion = 1

/** The outcome of a run as data: what summary.json holds. summary.schema.json says what each member means. */
export interface Summary {
  readonly schemaVersion: typeof summaryVersion
  readonly runId: string
  readonly scenario: string
  /** Present where a person did with the system what they wanted: no run of the scenario. */
  readonly session?: 'reproduce'
  readonly title: string
  readonly runtime: string
  readonly seed: number
  readonly startedAt: string
  readonly verdict: Verdict['kind']
  readonly expectation: Expectation['kind']
  /** Name of the step by which cells are to come back that undoing alone does not bring back. By what they did come back is in `broughtBack`. */
  readonly recoversBy?: string
  /** By which steps, in their order, cells came back before all was undone at the end; absent where there is none. */
  readonly broughtBack?: readonly SummaryBroughtBack[]
  /** Absent where the run was not held against a baseline. The verdict does not know of it, the exit code does. */
  readonly comparison?: ComparedWithBaseline
  readonly reasons: readonly SummaryReason[]
  readonly cells: readonly SummaryCell[]
  readonly changes: readonly SummaryChange[]
  readonly timings: SummaryTimings
  readonly statusPage: SummaryStatusPage | null
  readonly outside: {
    readonly requests: number
    readonly refused: readonly SummaryRefusal[]
  }
  /** Absent where nobody counted. */
  readonly links?: readonly SummaryLink[]
  /** Absent where what was written is not read back. */
  readonly writes?: SummaryWrites
  /** Absent where no load went on beside the cells. */
  readonly load?: SummaryLoad
  /** Of a load test: what it came to, as in load.json. Its cells have no windows. */
  readonly loadTest?: readonly LoadEnd[]
  readonly versions: Readonly<Record<string, string>>
  readonly git: { readonly head: string; readonly dirty: boolean } | null
}

/** What passed from one to another, in windows of each kind; null where nothing did. `from` may be 'actors', `to` 'outside'. */
export interface SummaryLink {
  readonly from: string
  readonly to: string
  readonly baseline: SummaryTraffic | null
  readonly change: SummaryTraffic | null
  readonly recovery: SummaryTraffic | null
}

export interface SummaryTraffic {
  readonly requests: number
  readonly perSecond: number
  readonly answers: LinkCount['answers']
  readonly errors: number
  readonly abandoned: number
  /** Share of errors, of requests given up and of answers 5xx among those that are over. */
  readonly failureRatio: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Requests over this link for each that its sender got; null for actors. */
  readonly amplification: number | null
}

/** Writes by what became of them, and what could be read of those that were acknowledged. */
export interface SummaryWrites {
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  readonly lost: number
  readonly duplicated: number
  /** Refused, and there all the same; absent in journals of earlier versions. */
  readonly phantom?: number
  readonly unread: number
}

/** Traffic beside the cells, from the baseline to the end. */
export interface SummaryLoad {
  readonly flows: number
  readonly failed: number
  readonly dropped: number
  readonly durationMs: number
  readonly cells: readonly SummaryLoadCell[]
  readonly thresholds: readonly {
    readonly text: string
    readonly outcome: 'holds' | 'crossed' | 'no-data'
    readonly value: number | null
  }[]
  /** Why the load itself may have been the limit. */
  readonly generatorProblems: readonly string[]
}

/** Of one cell in one window. */
export interface SummaryLoadCell {
  readonly flow: string
  readonly actor: string
  readonly window: string
  /** Name of the step that is answerable for what was seen in it; absent where none is. */
  readonly step?: string
  readonly judgement: LoadJudgement
  /** Until it was judged. */
  readonly samples: number
  readonly failures: number
  /** In the whole window, the same; absent where the load did not come to its end. */
  readonly total?: { readonly samples: number; readonly failures: number }
  readonly baselineSamples: number
  readonly baselineFailures: number
  readonly medianMs: number | null
  readonly baselineMedianMs: number | null
  /** What the slowest tenth of each half second waited, where that is what is slower. */
  readonly tailMs: number | null
  readonly baselineTailMs: number | null
  readonly growth: number | null
  readonly growthLow: number | null
  readonly growthHigh: number | null
  readonly smallestRatio: number
  readonly smallestGrowth: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
  readonly judgedMs: number
  readonly note: string | null
}

export interface SummaryBroughtBack {
  /** Null: none did, they came back by themselves. A wait: they did while it lasted. */
  readonly step: string | null
  readonly isUndo: boolean
  /** How many of those that had broken. 0: an undo that was tried, and was no help. */
  readonly cells: number
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
  /** Name of the step that is answerable for what was seen in it; absent where none is. */
  readonly step?: string
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
  /** The longest time that an outage after the first went on before it told of a failure; absent when none did. */
  readonly laterMs?: number
  readonly falseGreenMs: number
  readonly falseRedMs: number
  readonly brokenMs: number
  /** How long it told of a failure in all, and how long it could not be read; absent when it did not, and in journals of earlier versions. */
  readonly redMs?: number
  readonly unreadMs?: number
  /** The same of cells that suffered as faults declare; absent where none did. */
  readonly declared?: Pick<SummaryStatusPage, 'admitMs' | 'laterMs' | 'falseGreenMs' | 'brokenMs'>
  /** Whether the scenario says that the page stays green while cells are broken; null when it says nothing. */
  readonly expectedToLie: boolean | null
}

export interface SummaryRefusal {
  readonly from: string
  readonly method: string
  readonly url: string
  readonly note: string | null
}
