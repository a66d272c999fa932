import type { Batch } from './batch.ts'
import type { PlannedExecutor } from './runner.ts'

/** What a thread of load is told. */
export interface WorkerOrder {
  /** URL of the module whose default export has the flows and actors. */
  readonly module: string
  readonly executors: readonly PlannedExecutor[]
  /** Of each actor, sessions included. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly frontDoors: Readonly<Record<string, string>>
  readonly entry: string
  readonly proxyUrl: string
  readonly caCertificate?: string
  readonly connections: number
  readonly seed: number
  readonly firstIteration: number
  readonly index: number
  readonly of: number
  /** One Float64: when the load begins, on `sharedNow`; 0 until that is known. */
  readonly startAt: SharedArrayBuffer
  /** One Int32 for each of `cellsUnderWay`: how many of its flows are under way. It can be read while the thread is busy. */
  readonly underWay: SharedArrayBuffer
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** All its flows have ended. */
  | { readonly kind: 'done' }
  | { readonly kind: 'fault'; readonly message: string }
