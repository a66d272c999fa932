import type { CellId, CellSelector } from './cell.ts'
import type { HttpClient } from './http.ts'
import type { Incident } from './incident.ts'
import type { AmplificationTarget } from './link-count.ts'
import type { LoadJudgementOptions } from './load-judgement.ts'
import type { LoadProfile } from './load-profile.ts'
import type { Random } from './random.ts'
import type { WriteCheck, Writes } from './writes.ts'
import type { BuildSpec, Resources, Stack } from './stack.ts'
import type { LoadThreshold } from './load-threshold.ts'
import type { ClockPort, PowerPort, PressurePort } from './power.ts'
import type { LinkPort } from './toxics.ts'

/** Who performs flows. `prepare` signs in once, before the baseline; what it returns goes with each request of the actor. */
export interface Actor {
  readonly id: string
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  /** Returns further headers, a session for instance. */
  readonly prepare?: (http: HttpClient) => Promise<Record<string, string>>
}

export interface FlowContext {
  readonly http: HttpClient
  readonly actor: Actor
  /** Seeded per cell. */
  readonly random: Random
  /** Counts the runs of this cell: use it to take fresh content each time. Cells count from 0, each load from a number of its own. */
  readonly iteration: number
  readonly signal: AbortSignal
  /** Where the flow says what it writes, so that nothing acknowledged is lost unseen. Absent where nobody reads it back. */
  readonly writes?: Writes
}

/** A core user journey. Resolves when the user got all that they came for, throws FlowFailure otherwise. */
export interface Flow {
  readonly id: string
  readonly title: string
  /** Ids of the actors who do this. */
  readonly actors: readonly string[]
  /** Longest time a user would wait, in ms; then the symptom is 'timeout'. Default 5000, at most 60000. */
  readonly timeoutMs?: number
  readonly run: (ctx: FlowContext) => Promise<void>
}

/** Cells that a change is declared to alter, and the symptom that they then show. */
export interface Effect extends CellSelector {
  /** '*': any. */
  readonly becomes: string
  /** Chance decides whether the cell is struck, so that the effect may come always, now and then, or not at all. */
  readonly optional?: boolean
}

/** When a step is taken, beside its place in the list. Set by `at()` and `everyOrder()`. */
interface Scheduled {
  /** Not before so many ms after the baseline. When that is over, at once. At most 600000. */
  readonly notBeforeMs?: number
  /** The round of an order that this step is part of. When a step of it breaks something, its steps are undone, and the run goes on with the next round. */
  readonly order?: string
}

/**
 * Which replicas get a change. `all`: every replica. `count`: the first n. `staged`: first as many replicas as each stage says,
 * watched before the next stage goes on; the last stage may be 'all'.
 */
export type Rollout =
  | { readonly kind: 'all' }
  | { readonly kind: 'count'; readonly replicas: number }
  | { readonly kind: 'staged'; readonly stages: readonly (number | 'all')[] }

/** What is under test. Pure data plus how to apply it to one replica; the engine owns order, rollout, confirmation and undo. */
export interface Change extends Scheduled {
  readonly kind: 'change'
  readonly name: string
  readonly title: string
  readonly service: string
  readonly effects: readonly Effect[]
  readonly rollout: Rollout
  /** One sentence on what is altered, before anything runs. */
  readonly summary: string
  /** What it cannot do without. */
  readonly needs?: 'containers'
  /** Problems that can be seen without running, each with what to do. */
  validate(stack: Stack): readonly string[]
  apply(replica: ReplicaPort, signal: AbortSignal): Promise<AppliedChange>
}

/** The result of applying a change to one replica. */
export interface AppliedChange {
  /** Readable lines: the difference of the effective configuration, `path: before -> after`. Empty when nothing changed. */
  readonly explain: readonly string[]
  /** Brings the replica back. May be called again after a failure; never twice after success. */
  undo(signal: AbortSignal): Promise<void>
  /** Longest time that one try of it may take, in ms. Default 5000. */
  readonly undoTimeoutMs?: number
}

/** A disturbance that the system is to live with. In force until it is healed, which the engine does on every way out, in reverse order with the undoing of changes. */
export interface Fault extends Scheduled {
  readonly kind: 'fault'
  readonly name: string
  readonly title: string
  /** Cells that are meant to suffer, and how. Every other cell must hold in spite of the fault. */
  readonly effects: readonly Effect[]
  /** True when only a share of what is disturbed suffers, so that the declared effects may come now and then. Default: they must come always. */
  readonly intermittent?: boolean
  /** One sentence on what is disturbed, before anything runs. */
  readonly summary: string
  /** Whom it strikes, in words. Default: its name. */
  readonly where?: string
  /** What it cannot do without. */
  readonly needs?: 'containers'
  /** The sites that it puts into a failure mode, so that it is known before the start whether there are such. */
  readonly sites?: readonly WantedSite[]
  /**
   * What it decides while it is in force, 'whether media-2 runs' for instance. Two faults may not decide the same at a time: the later one, or
   * its healing, would end the earlier.
   */
  decides?(stack: Stack): readonly string[]
  /** True when it is over once it was injected, so that a later fault may decide the same, and its effects may come or not. */
  readonly momentary?: boolean
  /** Problems that can be seen without running, each with what to do. */
  validate(stack: Stack): readonly string[]
  /** `tell` is for what it does by itself later on; the journal has it. */
  inject(
    system: SystemPort,
    signal: AbortSignal,
    tell: (text: string) => void,
  ): Promise<InjectedFault>
}

/** A host that a site of the stack must have, and a failure mode that it must be able to take. */
export interface WantedSite {
  readonly host: string
  readonly variant?: SiteVariant
}

export interface InjectedFault {
  /** What is disturbed: sites, links, replicas, by name. */
  readonly on: readonly string[]
  /** Readable lines on what is disturbed now. Not empty. */
  readonly explain: readonly string[]
  /** Ends the disturbance. May be called again after a failure. Resolves to why, where it did nothing while it was in force. */
  heal(signal: AbortSignal): Promise<string | void>
  /** Longest time that one try of it may take, in ms. Default 5000. */
  readonly healTimeoutMs?: number
}

/** Ends an earlier step. Made by `undo(name)`. */
export interface UndoStep extends Interlude {
  readonly kind: 'undo'
  /** Name of a change or a fault that is in force. */
  readonly step: string
}

/** Lets time pass. Made by `wait(name, ms)`. */
export interface WaitStep extends Interlude {
  readonly kind: 'wait'
  readonly durationMs: number
}

interface Interlude extends Scheduled {
  readonly name: string
  readonly title: string
  readonly effects: readonly Effect[]
  readonly summary: string
  validate(stack: Stack): readonly string[]
}

/** In their order. What a step does stays in force until it is undone, by a later step or at the end. */
export type Step = Change | Fault | UndoStep | WaitStep

/** The running system as a fault sees it. */
export interface SystemPort {
  readonly links: LinkPort
  readonly sites: SitePort
  readonly replicas: readonly ReplicaPort[]
}

/** The external sites, whose failure modes can be turned on and off. */
export interface SitePort {
  /** Puts a variant in force for every request to the host; undefined: as the handlers say. One at a time for each host. Throws HarnessError FABRIC_FAILED. */
  setVariant(host: string, variant: SiteVariant | undefined, signal: AbortSignal): Promise<void>
}

/** A named failure mode of a site. */
export interface SiteVariant {
  readonly name: string
  /** Share of requests that it strikes, in (0, 1]. Default 1. Seeded. */
  readonly toxicity?: number
  /** Strikes the first so many requests only. A whole number from 1. */
  readonly first?: number
  /** Host of a site, where the variant leads to another one ('moved'). */
  readonly to?: string
}

/** A replica as a change or a fault sees it. */
export interface ReplicaPort {
  readonly id: string
  readonly service: string
  readonly config: ConfigPort | undefined
  /** Absent where the runtime cannot. */
  readonly power?: PowerPort
  /** Absent where the service does not offer it. */
  readonly clock?: ClockPort
  /** Absent where replicas are no containers. */
  readonly pressure?: PressurePort
  /** Absent where replicas are no containers. */
  readonly container?: ContainerPort
}

/** What a container is made from. */
export interface ContainerSettings {
  /** Reference of the image. */
  readonly image: string
  /** What the stack and changes say, without what the harness adds by itself. */
  readonly env: Readonly<Record<string, string>>
  readonly resources: Resources
}

/** What of a container is to differ. An environment variable that is undefined is taken away. */
export interface ContainerPatch {
  /** A reference, or how it is built. */
  readonly image?: string | BuildSpec
  readonly env?: Readonly<Record<string, string | undefined>>
  /** In place of those before. */
  readonly resources?: Resources
}

/** The container of a replica, as far as changes may touch it. Methods throw HarnessError CONTAINER_FAILED unless they say otherwise. */
export interface ContainerPort {
  readonly settings: ContainerSettings
  /**
   * Makes the container anew with other settings; returns once it is healthy and takes traffic again. The front door sends it nothing
   * meanwhile, and of the replicas of a service one at a time is made anew. Files that were written stay written. Where the new one
   * does not become healthy the old settings are put back, and CONFIG_REFUSED is thrown.
   */
  recreate(patch: ContainerPatch, signal: AbortSignal): Promise<void>
  /** Stops and starts it, under the same care as `recreate`. */
  restart(signal: AbortSignal): Promise<void>
  /** Undefined when there is no such file. */
  readFile(path: string, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Replaces the content of a file that exists; owner and mode stay. */
  writeFile(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>
  /** Runs a program in it. Output is of both streams. */
  exec(
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly output: string }>
  /** Sends a signal, 'SIGHUP' for instance, to its first process. */
  kill(signalName: string, signal: AbortSignal): Promise<void>
  /** Returns once its health path answers as it should. */
  healthy(signal: AbortSignal): Promise<void>
  /** A hash of settings and of files that were written: equal states have equal ones. */
  fingerprint(signal: AbortSignal): Promise<string>
}

/** A configuration document that can be read and replaced at run time. */
export interface ConfigPort {
  read(signal: AbortSignal): Promise<ConfigSnapshot>
  /**
   * Replaces the document if it still is the one with `etag`, and returns once the replica reports the new one.
   * Throws HarnessError CONFIG_REFUSED (the program does not accept it), CONFIG_CONFLICT, CONFIG_UNREACHABLE, CONFIG_NOT_CONFIRMED.
   */
  write(document: unknown, etag: string, signal: AbortSignal): Promise<ConfigSnapshot>
  /** The JSON Schema of the document; undefined where the service offers none. */
  schema?(signal: AbortSignal): Promise<unknown>
}

export interface ConfigSnapshot {
  readonly document: unknown
  readonly etag: string
  /** SHA-256 of the document in canonical form, without its generation number. */
  readonly hash: string
}

/** What the status page says right now. */
export interface StatusReading {
  readonly overall: StatusState
  readonly components: Readonly<Record<string, StatusState>>
}
export const statusStates = ['operational', 'degraded', 'outage', 'unknown'] as const
export type StatusState = (typeof statusStates)[number]

/** The page is read through this function, so that any page can be understood. */
export interface StatusPageProbe {
  readonly title: string
  read(http: HttpClient): Promise<StatusReading>
}

/** Cells that an incident breaks. */
export interface ExpectedBreak extends CellSelector {
  /** The symptom seen most often. Any when absent. */
  readonly symptom?: string
  /** 'some': it fails now and then, as when one replica of several has the change. Over all such cells together some attempts must succeed. */
  readonly failing?: 'some'
  /**
   * Name of the step by which they come back, where undoing the change does not help by itself: until then they are broken under every
   * step, but for cells that a step declares effects in; from then on they must hold. Steps go on meanwhile. Default: they come back when
   * all is undone at the end.
   */
  readonly until?: string
}

/** How honest the status page has to be about cells that break undeclared, and, where none does, about those that suffer as a fault declares. It is read every 150 ms. */
export interface StatusPageExpectation {
  /** Longest time from the first failure until the page as a whole says so, in ms. Traffic goes on until then; less than `judgement.windowMs`. */
  readonly admitsWithinMs?: number
  /** Longest time in all that it may say 'operational' while cells are broken, in ms. */
  readonly neverFalselyGreenForMs?: number
  /** Longest time in all that it may tell of a failure while no cell is broken, or suffers as a fault declares, in ms. 0: never. */
  readonly neverFalselyRedForMs?: number
}

/** What may be expected beside the state of cells. */
export interface AlsoExpected {
  readonly statusPage?: StatusPageExpectation
  /** Longest time from an undo until every cell is proven to hold again, in ms, where something was harmed. The proof itself takes a good second. */
  readonly recoverWithinMs?: number
  /** 'open': while a change is live, the configuration of each replica that has it must go on being readable, for that is how it would be undone. */
  readonly escapeRoute?: 'open'
}

/** Cells whose load shows that they are broken or slower, be it in one window only. */
export interface ExpectedUnderLoad extends CellSelector {
  readonly becomes: 'broken' | 'slower'
}

/** What the author says will happen. `holds`: every cell holds, or changes as declared. */
export type Expectation = AlsoExpected & ExpectedOfCells

type ExpectedOfCells =
  | { readonly kind: 'holds' }
  | {
      readonly kind: 'reproduces'
      /** These break, showing `symptom` where it is given; all others hold. */
      readonly broken: readonly ExpectedBreak[]
      /** When given: whether the status page goes on saying 'operational' until the change is undone. */
      readonly statusPageLies?: boolean
      /** What shows under load; the load of all other cells must hold, but for those in `broken`. `broken` may be empty then. */
      readonly underLoad?: readonly ExpectedUnderLoad[]
    }

export interface JudgementOptions {
  /** Failures of a healthy system that are tolerated, as a ratio. Default 0.01, in (0, 0.2]. */
  readonly toleratedRatio: number
  /** The smallest failure ratio that must be seen. Default 0.3, in (toleratedRatio, 1). */
  readonly detectRatio: number
  /** Chance per run that any healthy cell is called broken. Default 0.001, in (0, 0.1]. */
  readonly falseAlarm: number
  /** Chance that a cell failing at `detectRatio` is called holding. Default 0.05, in (0, 0.5]. */
  readonly miss: number
  /** Longest time that one window may take, in ms; cells without enough evidence by then are inconclusive. Default 20000. */
  readonly windowMs: number
}

/** How often the outside may be asked: a missing cache and a storm of retries show up here first. */
export interface OutsideLimit {
  readonly host: string
  /** The path that is asked for, without its query; '*' at the end stands for anything. Default: every path. */
  readonly path?: string
  /** Answered and refused requests alike, of all replicas together. A whole number from 0. */
  readonly atMost: number
  /** Counts what was asked in windows of this kind only. Default: the whole run, what lies between windows included. */
  readonly window?: 'baseline' | 'change' | 'recovery'
}

/**
 * How many requests a service may send for each that it gets: retries that pile up, and caches that are cold for all at once, show here.
 * In a healthy system it is often below 1, since not every request needs every other service.
 */
export type AmplificationLimit = AmplificationTarget & {
  /** Above 0. */
  readonly atMost: number
  /** Counts what passed in windows of this kind only. Default: the whole run, what lies between windows included. */
  readonly window?: 'baseline' | 'change' | 'recovery'
}

/** One scripted experiment. Data: nothing runs by importing it. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly stack: Stack
  readonly actors: readonly Actor[]
  readonly flows: readonly Flow[]
  readonly statusPage?: StatusPageProbe
  readonly steps: readonly Step[]
  readonly expect: Expectation
  readonly judgement?: Partial<JudgementOptions>
  /** Traffic that goes on beside the cells from the baseline to the end, whatever the profile says about how long; each cell of it is judged against the baseline. */
  readonly load?: LoadProfile
  readonly loadJudgement?: Partial<LoadJudgementOptions>
  /** Hosts that the system may ask although no site is defined for them; anything else fails the run. */
  readonly allowOutside?: readonly string[]
  /** What is expected of traffic to external sites. Each limit that is exceeded fails the run. */
  readonly outside?: { readonly maxRequests?: readonly OutsideLimit[] }
  /** Each factor that is exceeded fails the run. `to: 'outside'` stands for all external sites. */
  readonly amplification?: readonly AmplificationLimit[]
  /** How what flows wrote is read back once everything has recovered: acknowledged writes must be there exactly once. */
  readonly writes?: WriteCheck
  /** When to stop before the end, and undo. */
  readonly safety?: {
    /** Most cells that may be broken beyond what is expected: one more, and the run does not wait for the others. Default: no limit. */
    readonly maxBrokenCells?: number
    /** Longest time that applying one step may take, in ms. Default 120000. */
    readonly stepTimeoutMs?: number
    /**
     * In k6's grammar, over what flows did since the first step: `checks`, `iteration_duration` and `iterations`, with the tags `flow` and
     * `actor`. One with `abortOnFail` ends the run as soon as it is crossed, `delayAbortEval` after the first step at the earliest. What is
     * crossed when the steps are undone fails the run.
     */
    readonly thresholds?: Readonly<Record<string, readonly LoadThreshold[]>>
  }
  /** Any integer in [0, 2^32). Random when absent; printed and journaled always. */
  readonly seed?: number
  /** Set on scenarios that reproduce an outage, and on those that show what would have prevented it. */
  readonly incident?: Incident
  /** Set on scenarios that exist to show a verdict other than pass. `aftershock run` without a filter leaves them out. */
  readonly demonstrates?: 'fail' | 'inconclusive'
}

/** The cells of a scenario, flow by flow. */
export function cellsOf(scenario: Pick<Scenario, 'flows' | 'actors'>): CellId[] {
  const actors = new Set(scenario.actors.map((actor) => actor.id))
  return scenario.flows.flatMap((flow) =>
    flow.actors.filter((actor) => actors.has(actor)).map((actor) => ({ flow: flow.id, actor })),
  )
}
