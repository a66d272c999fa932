import type { CellId } from './cell.ts'

/** When load is called slower or failing in a scenario. `falseAlarm`, `miss`, `toleratedRatio` and `windowMs` are those of JudgementOptions. */
export interface LoadJudgementOptions {
  /** The share of flows, beyond what the baseline shows, that must be seen failing. Default 0.05, in (0, 1). */
  readonly detectRatio: number
  /** The median that users wait is slower when it grew by this share and by so many ms, both; the wait of the slowest tenth when it grew by five times that. Default 0.1, in (0, 10]. */
  readonly slowerBy: number
  /** Default 2, above 0. */
  readonly slowerByMs: number
  /** How long load is measured before anything is changed, in ms. Default 15000, from 5000. */
  readonly baselineMs: number
  /** Not counted at the beginning, in ms: programs are slower when they are new. Default 3000. */
  readonly warmUpMs: number
}

/**
 * holds: neither more failures nor slower, by as much as must be seen. broken: more failures than in the baseline. slower: a higher median, or a
 * slower tenth that is slower still.
 * undecided: the evidence did not suffice.
 */
export type LoadJudgement = 'holds' | 'broken' | 'slower' | 'undecided'

/** Flows of one cell in one window, against those of the baseline. */
export interface LoadFinding extends CellId {
  readonly window: string
  readonly judgement: LoadJudgement
  readonly samples: number
  readonly failures: number
  readonly symptoms: Readonly<Record<string, number>>
  readonly baselineSamples: number
  readonly baselineFailures: number
  /** Against 'fails no more often than is tolerated, or than in the baseline'; capped at 1e12. */
  readonly eValue: number
  /** The failure ratio from which on it would have been called broken, or else not holding, with the stated confidence (1 - miss). */
  readonly smallestRatio: number
  /** Of medians over half seconds. Absent where there were too few. */
  readonly latency?: LoadLatencyFinding
  /** Of the slowest tenth in each half second. Only where that is what is slower. */
  readonly tail?: LoadLatencyFinding
  /** From the opening of the window, in ms. */
  readonly judgedMs: number
  readonly note?: string
}

export interface LoadLatencyFinding {
  /** Median of the baseline and of this window, in ms. */
  readonly baselineMs: number
  readonly nowMs: number
  /** By how much it grew, as a share of the baseline, with bounds at 95 %. Absent bounds: too few for any. */
  readonly growth: number
  readonly low?: number
  readonly high?: number
  /** One-sided, against 'not slower by half of what counts'. */
  readonly pValue: number
  /** The growth from which on it would have been called slower, or else not holding, with the stated confidence. Absent: none would have. */
  readonly smallestGrowth?: number
}
