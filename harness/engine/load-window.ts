import {
  cellKey,
  type CellId,
  type Emit,
  type JudgementOptions,
  type LoadJudgement,
  type LoadJudgementOptions,
} from '../core/index.ts'
import {
  LoadTally,
  isBrokenBaseline,
  judgeLoadAtDeadline,
  judgeLoadCell,
  loadEvidence,
  type LoadQuestion,
  type LoadSeen,
} from '../judge/index.ts'
import type { LoadSample } from '../load/index.ts'

export interface LoadWindowOptions {
  readonly id: string
  readonly kind: 'baseline' | 'change' | 'recovery'
  readonly cells: readonly CellId[]
  readonly comparisons: number
  readonly options: JudgementOptions & LoadJudgementOptions
  readonly baselineOf: (cell: CellId) => LoadSeen | undefined
  readonly emit: Emit
  /** When it begins, in ms of the load. */
  readonly fromMs: number
  readonly elapsed: () => number
  /** When the flow of a cell that is under way for longest was started, in ms of the load; Infinity where there is none. */
  readonly oldestOf: (cell: CellId) => number
}

/** Until the figures of all threads have arrived. */
const lagMs = 400
/** What is under way for longer than any flow took to succeed, and by so much, may never end. */
const patienceMs = 1_000

interface OpenCell {
  readonly id: CellId
  /** Of the whole window. */
  readonly whole: LoadTally
  /** What is judged: all since it was last looked at anew. */
  tally: LoadTally
  /** When the tally began, in ms of the load. */
  fromMs: number
  /** What was wrong with it last, while it recovers. */
  last: LoadJudgement | undefined
  /** The longest that a flow took to succeed, in ms. */
  longestMs: number
}

const nothing: LoadSeen = { samples: 0, failures: 0, symptoms: {}, medians: [], tails: [] }

/** A span in which the load of cells is judged, each as soon as its evidence suffices. */
export class LoadWindow {
  /** Resolves when every cell is judged. */
  readonly settled: Promise<void>
  readonly #options: LoadWindowOptions
  readonly #open: Map<string, OpenCell>
  readonly #tallies = new Map<string, LoadTally>()
  #settle: () => void = () => undefined

  constructor(options: LoadWindowOptions) {
    this.#options = options
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    const open = options.cells.map((id): [string, OpenCell] => {
      const tally = this.#newTally(id)
      return [
        cellKey(id),
        { id, whole: tally, tally, fromMs: options.fromMs, last: undefined, longestMs: 0 },
      ]
    })
    this.#open = new Map(open)
    if (this.#open.size === 0) this.#settle()
  }

  /** What was seen of a cell, judged or not. */
  seenOf(cell: CellId): LoadSeen | undefined {
    return this.#tallies.get(cellKey(cell))
  }

  take(sample: LoadSample): void {
    if (sample.window !== this.#options.id) return
    const cell = this.#open.get(cellKey(sample))
    if (!cell) return
    const { startMs, durationMs, lateMs, symptom } = sample
    const { fromMs } = this.#options
    if (startMs < fromMs) return
    // That the load started a flow late says nothing about the change.
    const outcome = { durationMs: durationMs - lateMs, symptom }
    const endMs = startMs + durationMs
    if (symptom === undefined) cell.longestMs = Math.max(cell.longestMs, outcome.durationMs)
    cell.whole.take({ ...outcome, endMs: endMs - fromMs })
    // Of a tally that began anew, what started before it is left out.
    if (startMs < cell.fromMs) return
    if (cell.tally !== cell.whole) cell.tally.take({ ...outcome, endMs: endMs - cell.fromMs })
    if (symptom !== undefined && this.#options.kind !== 'baseline') this.#judgeNow(cell)
  }

  /** Judges what the time that passed allows to judge. */
  look(): void {
    const { kind, options, fromMs, elapsed } = this.#options
    const nowMs = elapsed() - lagMs
    for (const cell of this.#open.values()) {
      const isNew = cell.tally.closeUntil(nowMs - cell.fromMs)
      if (kind !== 'baseline') {
        if (isNew) this.#judgeNow(cell)
      } else if (nowMs - fromMs >= options.baselineMs) this.#judgeBaseline(cell)
    }
  }

  close(note: string): void {
    for (const cell of this.#open.values()) {
      if (this.#options.kind === 'baseline') this.#judge(cell, 'undecided', note)
      else if (cell.last === undefined) {
        const judgement = judgeLoadAtDeadline(cell.tally, this.#question(cell))
        const hangingMs = this.#hangingMs(cell)
        if (judgement !== 'holds' || hangingMs === 0) this.#judge(cell, judgement, note)
        else {
          const since = `${(hangingMs / 1_000).toFixed(1)} s`
          this.#judge(cell, 'undecided', `${note}; flows had no end yet, the oldest after ${since}`)
        }
      } else {
        // It never came back: all that was seen of it says so, and not only what came since the last look.
        cell.whole.closeUntil(this.#options.elapsed() - lagMs - this.#options.fromMs)
        this.#judge(cell, cell.last, note, cell.whole)
      }
    }
  }

  #newTally(id: CellId): LoadTally {
    const tally = new LoadTally()
    this.#tallies.set(cellKey(id), tally)
    return tally
  }

  #question({ id }: OpenCell): LoadQuestion {
    const { baselineOf, comparisons, options } = this.#options
    return { baseline: baselineOf(id) ?? nothing, comparisons, options }
  }

  /** For how long a flow is under way, if longer than can be for one that will succeed; else 0. */
  #hangingMs({ id, longestMs }: OpenCell): number {
    const { oldestOf, elapsed } = this.#options
    const sinceMs = Math.max(0, elapsed() - oldestOf(id))
    return sinceMs > longestMs + patienceMs ? sinceMs : 0
  }

  #judgeBaseline(cell: OpenCell): void {
    const isBroken = isBrokenBaseline(cell.tally, this.#question(cell))
    const isEnough = cell.tally.medians.length >= 10
    if (isBroken) this.#judge(cell, 'broken')
    else if (isEnough) this.#judge(cell, 'holds')
    else this.#judge(cell, 'undecided', 'too few flows a second to compare with')
  }

  #judgeNow(cell: OpenCell): void {
    const judgement = judgeLoadCell(cell.tally, this.#question(cell))
    // Those that end are no fair choice of all where others hang.
    if (judgement === undefined || (judgement === 'holds' && this.#hangingMs(cell) > 0)) return
    if (judgement === 'holds' || this.#options.kind === 'change') {
      return this.#judge(cell, judgement)
    }
    // What recovers may take its time: it is looked at anew from here.
    cell.last = judgement
    cell.tally = this.#newTally(cell.id)
    cell.fromMs = this.#options.elapsed()
  }

  #judge(
    cell: OpenCell,
    judgement: LoadJudgement,
    note?: string,
    seen: LoadSeen = cell.tally,
  ): void {
    const { id, emit, elapsed, fromMs } = this.#options
    this.#open.delete(cellKey(cell.id))
    emit('load.judged', {
      ...cell.id,
      window: id,
      judgement,
      ...loadEvidence(seen, this.#question(cell), judgement),
      judgedMs: Math.round(elapsed() - fromMs),
      ...(note === undefined ? {} : { note }),
    })
    if (this.#open.size === 0) this.#settle()
  }
}
