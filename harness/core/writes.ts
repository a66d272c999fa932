import type { CellId } from './cell.ts'
import type { HttpClient } from './http.ts'

/**
 * What became of a write, in Jepsen's words: ok when the system acknowledged it, failed when it certainly did not take place, and unknown
 * otherwise. A write without an answer is unknown and never failed.
 */
export type WriteOutcome = 'ok' | 'failed' | 'unknown'

/** One write of a flow. */
export interface WriteRecord extends CellId {
  /** 'post', 'image': what the flow calls it. */
  readonly kind: string
  /** By which it can be found again, the author's own words for instance. Unique among the writes of its kind. */
  readonly id: string
  readonly outcome: WriteOutcome
  /** What the system said when it acknowledged it: an id or an address. */
  readonly reference?: string
  /** When it was invoked, in ms from the start of the run. */
  readonly atMs: number
}

/** In which flows write down what they write, before they know whether it worked. */
export interface Writes {
  /** To be called before the request goes out. */
  invoked(kind: string, id: string): PendingWrite
}

/** A write under way. Neither called: unknown. */
export interface PendingWrite {
  ok(reference?: string): void
  failed(): void
}

/** How acknowledged writes are read at the end of a run, once everything has recovered. */
export interface WriteCheck {
  readonly title: string
  /**
   * How often the write is there: acknowledged ones must be there once, failed ones not at all, others at most once. Undefined where the write cannot be looked for.
   * Acts as the actor who wrote. What it throws means that it could not be read, and is tried again.
   */
  readBack(write: WriteRecord, http: HttpClient): Promise<number | undefined>
}

/** The register of acknowledged writes against what can be read. */
export interface WritesFinding {
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  /** Acknowledged, and not there. At most 20 of them are named. */
  readonly lost: { readonly count: number; readonly first: readonly WriteRecord[] }
  /** There more than once. */
  readonly duplicated: { readonly count: number; readonly first: readonly WriteRecord[] }
  /** Refused, and there all the same. Absent in journals of earlier versions. */
  readonly phantom?: { readonly count: number; readonly first: readonly WriteRecord[] }
  /** Acknowledged, and nobody could tell: reading failed, time ran out, or there were too many to remember. */
  readonly unread: { readonly count: number; readonly why?: string }
  readonly durationMs: number
}
