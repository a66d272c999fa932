import type { LoadDuration, LoadThreshold } from './load-threshold.ts'

/** A share of the traffic: this flow by this actor (by each actor of the flow, when none is named). */
export interface LoadShare {
  readonly flow: string
  readonly actor?: string
  /** More than 0. Shares are relative to each other. Default 1. */
  readonly weight?: number
}

/** How long a user waits after a flow before the next one; of closed models only, since arrivals do not wait for each other. Uniform in a range. */
export type ThinkTime = LoadDuration | { readonly min: LoadDuration; readonly max: LoadDuration }

interface AnyExecutor {
  /** From the start of the load. Default 0. */
  readonly startTime?: LoadDuration
  /** How long flows that are under way may go on after the end. Default 30 s. */
  readonly gracefulStop?: LoadDuration
  /** In place of the profile's. */
  readonly mix?: readonly LoadShare[]
}

interface ClosedModel extends AnyExecutor {
  /** In place of the profile's. */
  readonly thinkTime?: ThinkTime
}

/** `target` is reached at the end of the stage, in a straight line; a stage of 0 is a jump. */
export interface LoadStage {
  readonly target: number
  readonly duration: LoadDuration
}

interface OpenModel extends AnyExecutor {
  /** What `rate` and targets count per. Default '1s'. */
  readonly timeUnit?: LoadDuration
  /** Flows that may be under way at once from the start. Whole, from 1. */
  readonly preAllocatedVUs: number
  /** At most so many at once; what would start beyond them is dropped, and counted. Default preAllocatedVUs. */
  readonly maxVUs?: number
}

/** Starts `rate` flows per `timeUnit`, whatever the system does. */
export interface ConstantArrivalRate extends OpenModel {
  readonly executor: 'constant-arrival-rate'
  readonly rate: number
  readonly duration: LoadDuration
}

export interface RampingArrivalRate extends OpenModel {
  readonly executor: 'ramping-arrival-rate'
  /** Default 0. */
  readonly startRate?: number
  readonly stages: readonly LoadStage[]
}

/** So many users, each with one flow after the other. */
export interface ConstantVus extends ClosedModel {
  readonly executor: 'constant-vus'
  /** Default 1. */
  readonly vus?: number
  readonly duration: LoadDuration
}

export interface RampingVus extends ClosedModel {
  readonly executor: 'ramping-vus'
  /** Default 1. */
  readonly startVUs?: number
  readonly stages: readonly LoadStage[]
}

/** `iterations` flows by each user (per-vu-iterations), or by all of them together (shared-iterations). */
export interface CountedIterations extends ClosedModel {
  readonly executor: 'per-vu-iterations' | 'shared-iterations'
  /** Default 1. */
  readonly vus?: number
  /** Default 1. */
  readonly iterations?: number
  /** Default 10 min. */
  readonly maxDuration?: LoadDuration
}

/** k6's executors with k6's field names. */
export type LoadExecutor =
  ConstantArrivalRate | RampingArrivalRate | ConstantVus | RampingVus | CountedIterations

/** The shape of the traffic, and what is demanded of the answers. */
export interface LoadProfile {
  /** By a name of your own, the tag `executor`. k6 calls this `scenarios`. At least one. */
  readonly executors: Readonly<Record<string, LoadExecutor>>
  /** What users do. Every cell with the same weight when absent. */
  readonly mix?: readonly LoadShare[]
  /** Of its executors with users, not of those with arrivals. */
  readonly thinkTime?: ThinkTime
  /** By metric, tags in braces: `'http_req_duration{flow:timeline}': ['p(95)<300']`. */
  readonly thresholds?: Readonly<Record<string, readonly LoadThreshold[]>>
  /** Connections that the embedded engine opens to each front door at most, from 1 to 100,000. Default 256. k6 has one for each user. */
  readonly connections?: number
}

/** The search for the highest rate at which the thresholds hold, of which there must be at least one. */
export interface BreakpointSearch {
  /** Flows per second, over 0: a rate that holds, and one beyond what is asked for. */
  readonly from: number
  readonly to: number
  /** How long each rate is tried, from 1 s on. Default 10 s. */
  readonly stepDuration?: LoadDuration
  /** The search ends when what holds and what does not are so close. In (0, 1). Default 0.1. */
  readonly precision?: number
  /** So long the system may take, after a rate that did not hold, until `from` holds again. Default 1 min. */
  readonly recoverWithin?: LoadDuration
}
