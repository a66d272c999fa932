import type { CellId } from './cell.ts'

/** What a load measured of one cell: enough to compare another one with it. */
export interface LoadCellFigures extends CellId {
  readonly samples: number
  readonly failures: number
  readonly symptoms: Readonly<Record<string, number>>
  /** Of half seconds, in ms, in order. */
  readonly medians: readonly number[]
  /** As many: the durations that nine tenths of them did not exceed. */
  readonly tails: readonly number[]
}

/** A load as a reference to be kept. */
export interface LoadFigures {
  readonly test: string
  readonly run: string
  readonly runtime: string
  /** Times of another machine cannot be compared. */
  readonly machine: string
  /** A text that is the same for the same executors and mix. */
  readonly profile: string
  readonly durationMs: number
  /** Flows that were due and never started. */
  readonly dropped: number
  /** Flows that were under way at the end. Absent in baselines of before it was kept. */
  readonly cut?: number
  /** Those of them that had taken longer than 95 % of those that ended. Absent in baselines of before it was kept. */
  readonly overdue?: number
  readonly cells: readonly LoadCellFigures[]
}

/** What counts as a regression against a stored baseline. */
export interface RegressionLimits {
  /** Default 0.05: the share of flows, beyond what the baseline shows, that must be seen failing. */
  readonly detectRatio?: number
  /** Default 0.2: from one day to another a machine differs by more than within a run. */
  readonly slowerBy?: number
  /** Default 5. */
  readonly slowerByMs?: number
}
