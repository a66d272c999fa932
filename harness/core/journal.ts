import type { CellId } from './cell.ts'
import type { Exchange } from './http.ts'
import type { LeakFinding, ReplicaResources } from './replica-resources.ts'
import type { LoadFigures } from './load-baseline.ts'
import type { LoadFinding, LoadJudgementOptions } from './load-judgement.ts'
import type { LinkCount } from './link-count.ts'
import type {
  AmplificationLimit,
  Effect,
  Expectation,
  JudgementOptions,
  OutsideLimit,
  StatusReading,
  Step,
} from './scenario.ts'
import type { Verdict } from './verdict.ts'
import type { WritesFinding } from './writes.ts'

/** Version of the journal's format. Readers refuse a newer major number. */
export const journalVersion = 1

export type WindowKind = 'baseline' | 'change' | 'recovery'

/** A span of the run in which cells are judged. `stage` counts the stages of a staged rollout from 1. */
export interface WindowInfo {
  /** 'baseline', 'change:1', 'change:2:stage:1', 'recovery'; 'change:3:before-1' is of the step before the third, in which something broke while that was waited for. */
  readonly id: string
  readonly kind: WindowKind
  readonly change?: string
  readonly stage?: number
}

/**
 * holds: as in a healthy system. broken: altered, and not declared. effect: altered as declared.
 * effect-partial: as declared, but not always although every replica has the change. effect-absent: declared, and did not come.
 * undecided: not enough evidence, with the reason in the evidence.
 */
export type Judgement =
  'holds' | 'broken' | 'effect' | 'effect-partial' | 'effect-absent' | 'undecided'

export interface Evidence {
  readonly samples: number
  readonly failures: number
  /** How often each symptom was seen. */
  readonly symptoms: Readonly<Record<string, number>>
  /** The e-value against 'fails at most at the tolerated ratio'; capped at 1e12. Large means broken. */
  readonly eValue: number
  /** The failure ratio that this many samples would have shown with the stated confidence (1 - miss). */
  readonly smallestDetectable: number
  /** From the opening of the window to the judgement, in ms. */
  readonly judgedMs: number
  readonly note?: string
}

/** One request of a flow, as a span. */
export interface TracedRequest {
  /** 16 hexadecimal digits, as services get it in `traceparent`. */
  readonly spanId: string
  readonly method: string
  readonly url: string
  /** Absent when there was no answer. */
  readonly status?: number
  /** On the clock of the run. */
  readonly startMs: number
  readonly durationMs: number
}

/** A run of a flow as a trace: a span of its own, and one below it for each request. */
export interface FlowTrace {
  /** 32 hexadecimal digits: of all requests of the flow. */
  readonly traceId: string
  readonly spanId: string
  readonly requests: readonly TracedRequest[]
}

export interface SampleRecord extends CellId {
  /** Window in which it started; 'transition' when none was open or it ended in another one. */
  readonly window: string
  readonly ok: boolean
  readonly symptom?: string
  readonly message?: string
  /** Kept for the first failures of each cell, window and symptom. */
  readonly exchange?: Exchange
  readonly startMs: number
  readonly durationMs: number
  /** Present where telemetry is sent. */
  readonly trace?: FlowTrace
}

export type AnswerValue = string | number | boolean | null

/** A field of JSON answers. */
export interface AnswerField {
  /** 'string', 'number', 'boolean', 'null', 'object', 'array'. */
  readonly types: readonly string[]
  /** All values that it had, secrets and addresses of the run taken out; of arrays 'empty' and 'not empty'; absent where there were more than three, and of objects. */
  readonly values?: readonly AnswerValue[]
  /** In which share of the objects that could have it it was, in (0, 1); absent: in all. */
  readonly share?: number
}

/** One run of a flow and every exchange of it, in order. */
export interface PerformedFlow extends CellId {
  readonly ok: boolean
  readonly symptom?: string
  readonly message?: string
  readonly durationMs: number
  readonly exchanges: readonly Exchange[]
}

/** One request of the system to the outside world. */
export interface OutsideRecord {
  /** Grows by one with each record of a run. */
  readonly seq: number
  /** Milliseconds of the epoch. */
  readonly atMs: number
  /** Replica that asked; 'actor' for traffic of the harness's own flows; 'unknown' without credentials. */
  readonly from: string
  readonly method: string
  readonly url: string
  readonly outcome: 'answered' | 'refused'
  readonly status?: number
  readonly durationMs?: number
  /** The failure mode of the site that struck it. */
  readonly variant?: string
  /** Why it was refused, or what went wrong: beginning with `handlerThrew` when that was the fault of the site's own code. */
  readonly note?: string
  /** No request: what code of a site did beside its answers. Method, URL and who asked tell the request that it goes back to, and are empty where none is known. */
  readonly isAside?: true
}

/** How the note begins on a request that failed since a handler of a site threw: a fault of the mocked world, never of the system. */
export const handlerThrew = 'handler threw: '

/** Stands for a replica where all are out of reach, since what runs them went away: no evidence about the system. */
export const wholeStack = 'all'

/** Requests of one kind that are known by their number only. `from` and `host` are '*' where several are counted together. */
export interface OutsideCount {
  readonly from: string
  readonly host: string
  readonly outcome: OutsideRecord['outcome']
  readonly status?: number
  readonly variant?: string
  readonly count: number
}

export interface ReplicaInfo {
  readonly id: string
  readonly url: string
  readonly pid?: number
}

export interface ServiceInfo {
  readonly name: string
  readonly frontDoor: string
  readonly replicas: readonly ReplicaInfo[]
}

export interface CellDeclaration extends CellId {
  readonly flowTitle: string
  readonly actorTitle: string
}

/** Milliseconds; absent phases did not take place. */
export interface Timings {
  readonly startMs?: number
  readonly baselineMs?: number
  readonly applyMs?: number
  /** From applied to judged, of the change (with several: the longest). */
  readonly verdictMs?: number
  readonly undoMs?: number
  /** From undone until the steady state held again. */
  readonly recoveryMs?: number
  readonly teardownMs?: number
  readonly totalMs: number
}

/** What the status page did while cells were broken. Absent numbers mean: never in the time watched. */
export interface StatusPageFinding {
  /** From the change until any component left 'operational'. */
  readonly detectMs?: number
  /** From the change until the overall state left 'operational'. */
  readonly admitMs?: number
  /** Where users suffered more than once: the longest time that an outage after the first went on before the overall state left 'operational', all of it where it did not. */
  readonly laterMs?: number
  /** How long cells were broken while the page said 'operational'. */
  readonly falseGreenMs: number
  /** How long the page said otherwise while no cell was broken, baseline included. */
  readonly falseRedMs: number
  readonly brokenMs: number
  /** How long the page told of a failure in all, and how long it could not be read; absent when it did not, and in journals of earlier versions. */
  readonly redMs?: number
  readonly unreadMs?: number
  /** The same of cells that suffered as faults declare; absent when none did. */
  readonly declared?: Pick<
    StatusPageFinding,
    'detectMs' | 'admitMs' | 'laterMs' | 'falseGreenMs' | 'brokenMs'
  >
}

/** A link under load; `amplification`: requests that its sender made on it for each that it got itself, undefined of actors. */
export interface LoadLink {
  readonly from: string
  readonly to: string
  readonly requests: number
  readonly amplification?: number
}

/** Of flows that ended; latencies from the intended start. */
export interface LoadFlowFigures extends LoadLatencyFigures {
  readonly flow: string
  readonly count: number
  readonly failed: number
}

/** Of the requests of a load. Bytes with heads over http, of bodies alone where undici carries them. */
export interface LoadRequestFigures {
  readonly count: number
  readonly failed: number
  readonly sentBytes: number
  readonly receivedBytes: number
  /** In the order in which they pass; one of which nothing is known is absent. */
  readonly phases: readonly (LoadLatencyFigures & { readonly phase: LoadPhase })[]
}

/** wait: for a connection, its opening included. first byte: from sending to that. total: all of it. */
export type LoadPhase = 'wait' | 'connect' | 'first byte' | 'total'

/** In ms. */
export interface LoadLatencyFigures {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

interface Body {
  'run.started': {
    readonly version: number
    readonly runId: string
    /** When the clock of the run was at 0, ISO 8601. */
    readonly startedAt: string
    readonly scenario: string
    readonly title: string
    readonly description?: string
    readonly runtime: string
    readonly seed: number
    readonly args: readonly string[]
    readonly versions: Readonly<Record<string, string>>
    /** Absent outside of a git checkout. */
    readonly git?: { readonly head: string; readonly dirty: boolean }
    readonly cells: readonly CellDeclaration[]
    /** The steps in their order, faults among them. */
    readonly changes: readonly {
      readonly kind: Step['kind']
      readonly name: string
      readonly title: string
      readonly summary: string
      /** Absent for a fault. */
      readonly service?: string
      readonly effects: readonly Effect[]
      /** Of steps made by `everyOrder()`. */
      readonly order?: string
    }[]
    readonly expect: Expectation
    readonly judgement: JudgementOptions
    readonly allowOutside: readonly string[]
    readonly outside?: { readonly maxRequests?: readonly OutsideLimit[] }
    readonly amplification?: readonly AmplificationLimit[]
    readonly statusPage?: string
    /** Present where load goes on beside the cells. */
    readonly load?: { readonly cells: readonly CellId[]; readonly judgement: LoadJudgementOptions }
    /** Of a load test, which has no steps: what it came to is told by its load alone. */
    readonly loadTest?: true
    /** Present when acknowledged writes are read back at the end. */
    readonly writes?: string
  }
  /** Progress in words a person understands; `phase` is stable. */
  phase: {
    readonly phase:
      | 'starting'
      | 'baseline'
      | 'applying'
      | 'watching'
      | 'undoing'
      | 'recovering'
      | 'live'
      | 'tearing-down'
    readonly text: string
  }
  'stack.ready': {
    readonly services: readonly ServiceInfo[]
    readonly proxyUrl: string
    readonly durationMs: number
  }
  'state.hashed': {
    readonly when: 'before' | 'after'
    readonly replicas: Readonly<Record<string, string>>
    /** The configuration of each service, of its first replica, without secrets. Those above 32 kB are left out. */
    readonly documents?: Readonly<Record<string, unknown>>
  }
  'window.opened': { readonly window: WindowInfo }
  'window.closed': { readonly window: WindowInfo; readonly durationMs: number }
  sample: SampleRecord
  'cell.judged': CellId & {
    readonly window: string
    readonly judgement: Judgement
    readonly declared?: string
    readonly evidence: Evidence
  }
  'change.applied': {
    readonly change: string
    readonly stage?: number
    /** Replicas that have it; of a fault what it is on. */
    readonly replicas: readonly string[]
    readonly explain: readonly string[]
    readonly durationMs: number
  }
  /** Not applied: the program refused it, it altered nothing, or the replica could not be reached. */
  'change.failed': {
    readonly change: string
    readonly replica: string
    readonly why: 'refused' | 'noop' | 'conflict' | 'unreachable'
    readonly message: string
  }
  'change.undone': {
    readonly change: string
    readonly replicas: readonly string[]
    readonly durationMs: number
    /** Why, where it did nothing while it was in force. */
    readonly idle?: string
  }
  'undo.failed': { readonly change: string; readonly replica: string; readonly message: string }
  'status.read': StatusReading & { readonly error?: string }
  'status.judged': StatusPageFinding
  outside: Omit<OutsideRecord, 'atMs'> & {
    /** When it was asked, in ms of the epoch. */
    readonly askedAt: number
  }
  /** Code of a site failed where no answer could tell: after it, beside it, or by standing in the way of all others. */
  'site.failed': {
    readonly failedAt: number
    /** The request that it goes back to, where that is known. */
    readonly request?: Pick<OutsideRecord, 'from' | 'method' | 'url'>
    /** What happened, with its stack. */
    readonly message: string
  }
  /** At the end of a run with more requests to the outside than are written down one by one. */
  'outside.counted': {
    readonly counts: readonly OutsideCount[]
    /** Records that were overwritten before they were read: nothing is known of them. */
    readonly lost: number
  }
  /**
   * What passed since the event before: between services, from actors to them, and to the outside. Once a second, at the bounds of windows,
   * and less often in a long run.
   */
  'links.counted': {
    /** Milliseconds on the clock of the run; `atMs` is the end. */
    readonly sinceMs: number
    /** The window in which it passed; absent between windows. */
    readonly window?: string
    readonly links: readonly LinkCount[]
  }
  /** What a fault that is in force did by itself. */
  'fault.told': { readonly fault: string; readonly text: string }
  /** A threshold of `safety`: the one that ended the run, or, when the steps are undone, each of them. */
  'safety.judged': {
    readonly text: string
    readonly outcome: 'holds' | 'crossed' | 'no-data'
    readonly value?: number
    readonly aborted: boolean
  }
  /** Whether the configuration of a replica could be read while a change was live on it. */
  'escape.checked': {
    readonly change: string
    readonly replica: string
    readonly reads: number
    /** The longest row of reads that failed. */
    readonly failedInARow: number
    /** Of the first that failed. */
    readonly message?: string
  }
  'writes.checked': WritesFinding
  /** What JSON answers were like that a cell got to one request in windows of one kind. Of flows that went well. */
  'answers.sampled': CellId & {
    readonly window: WindowKind
    /** `GET /api/posts/:id`. */
    readonly request: string
    readonly samples: number
    readonly statuses: Readonly<Record<string, number>>
    /** By path: `.posts[].id`. */
    readonly fields: Readonly<Record<string, AnswerField>>
  }
  /** `replica` is `wholeStack` where what runs all of them went away. */
  'replica.exited': { readonly replica: string; readonly detail: string }
  /** A second of load. Latencies in ms, from the intended start. */
  'load.second': {
    readonly elapsedMs: number
    /** How long this is about where it is less than a second: the end of a load. */
    readonly overMs?: number
    /** Flows per second that the profile asks for. Absent of closed models. */
    readonly wanted?: number
    readonly started: number
    readonly ended: number
    readonly failed: number
    readonly dropped: number
    readonly inFlight: number
    readonly requests: number
    readonly symptoms: Readonly<Record<string, number>>
    readonly flows: readonly LoadFlowFigures[]
  }
  /** What replicas use, once a second; in long runs less often. */
  'resources.read': { readonly replicas: readonly ReplicaResources[] }
  /** Whether that grows steadily. */
  'leaks.judged': { readonly findings: readonly LeakFinding[] }
  /** The load of a cell in a window of a scenario; 'load': against a stored baseline. */
  'load.judged': LoadFinding
  /** What a load measured, to be kept as a baseline or compared with one. */
  'load.figures': LoadFigures
  /** The end of a load, or of one rate of a search. */
  'load.summary': {
    readonly durationMs: number
    /** Of a search for the breakpoint. */
    readonly rate?: number
    readonly cells: readonly (LoadFlowFigures & {
      readonly actor: string
      readonly window: string
      readonly dropped: number
    })[]
    readonly thresholds: readonly {
      readonly text: string
      readonly outcome: 'holds' | 'crossed' | 'no-data'
      readonly value?: number
      /** Flows, or requests where it is about these, that were cut off at the end, on which it depends. */
      readonly cut?: number
    }[]
    readonly selfCheck: {
      /** Where another program made the load, which tells no figures of itself. */
      readonly by?: 'k6'
      readonly ok: boolean
      readonly problems: readonly string[]
      readonly lateP50Ms: number
      readonly lateP99Ms: number
      readonly busiest: number
      /** Of the event loop of the load; absent where it has none. */
      readonly lagMs?: number
      readonly cpuMs: number
    }
    /** The threshold that ended it before its time. */
    readonly abortedBy?: string
    /** Its figures are of what ran until then. */
    readonly interrupted?: true
    /** That flows were dropped of which no threshold speaks. */
    readonly unreached?: string
    /** Flows that the end cut off. */
    readonly cut: number
    /** Absent where none was made. */
    readonly requests?: LoadRequestFigures
    /** What passed through links meanwhile. Absent of load beside a scenario, where that is counted by window. */
    readonly links?: readonly LoadLink[]
    readonly examples: readonly {
      readonly flow: string
      readonly actor: string
      readonly symptom: string
      readonly message: string
      readonly exchange?: Exchange
    }[]
  }
  'load.breakpoint': {
    readonly holdsAt?: number
    readonly breaksAt?: number
    readonly unknownAt?: number
    /** After this rate the system did not recover, so that the search ended. */
    readonly unrecoveredAfter?: number
    /** The search had to end, with what was known by then. */
    readonly interrupted?: true
    readonly trials: number
    /** What did not hold at the lowest rate that broke. */
    readonly first: readonly string[]
  }
  /** What a person did to a system that stays up. What it altered is told by the events of changes beside it. */
  'hand.acted': { readonly action: string; readonly text: string }
  /** One run of a flow that a person asked for, with all of its exchanges. */
  'flow.performed': PerformedFlow
  interrupted: { readonly signal: string }
  /** The harness could not go on, such as when the system did not start: nothing that was seen of it is to blame for that. */
  'run.failed': {
    /** Of the HarnessError, else 'UNEXPECTED'. */
    readonly code: string
    /** With the last lines of a log where a program ended. */
    readonly message: string
    readonly hint?: string
  }
  'verdict.reached': { readonly verdict: Verdict }
  /** After the end: the run against the baseline that it was to be held against. */
  'baseline.compared': ComparedWithBaseline
  'run.ended': {
    readonly verdict: Verdict
    readonly timings: Timings
    readonly outsideRequests: number
  }
}

export interface ComparedWithBaseline {
  /** 'slower': no regression, but everything took longer, by which nobody can tell the machine from the system. */
  readonly outcome: 'no-regression' | 'slower' | 'regression' | 'inconclusive'
  /** With the outcome in capitals, and the run of the baseline. */
  readonly title: string
  readonly lead: readonly string[]
  /** What got worse, a line each, the first 25. */
  readonly worse: readonly string[]
}

export type JournalKind = keyof Body

/** One line of the journal. `atMs` counts from the start of the run on a monotonic clock. */
export type JournalEvent = {
  [K in JournalKind]: { readonly kind: K; readonly atMs: number } & Body[K]
}[JournalKind]

export type EventOf<K extends JournalKind> = Extract<JournalEvent, { kind: K }>

/** What a producer hands in; the journal adds the time. */
export type EventBody<K extends JournalKind> = Body[K]

export type Emit = <K extends JournalKind>(kind: K, body: EventBody<K>) => void
