import {
  cellKey,
  type CellId,
  type Emit,
  type JudgementOptions,
  type SampleRecord,
  type WindowInfo,
  selects,
} from '../core/index.ts'
import {
  emptyTally,
  evidenceOf,
  judgeAtDeadline,
  judgeCell,
  tallied,
  type CellQuestion,
  type CellTally,
} from '../judge/index.ts'
import { SecondLook } from './second-look.ts'
import type { EffectInForce } from './effect-in-force.ts'

export interface WindowOptions {
  readonly info: WindowInfo
  readonly cells: readonly CellId[]
  /** Of all steps that are in force. */
  readonly effects: readonly EffectInForce[]
  /** Whether failures of the cell that end are let pass, as after an undo; never those with a declared effect. */
  readonly recovering?: (cell: CellId) => boolean
  /** What was seen of cells that broke before it opened, by their keys: they are broken in it. */
  readonly known?: ReadonlyMap<string, CellTally>
  readonly judgement: JudgementOptions
  readonly emit: Emit
  readonly now: () => number
}

interface OpenCell {
  readonly id: CellId
  readonly question: CellQuestion
  tally: CellTally
  started: number
  /** Those that were begun and have not ended, and when they were begun. */
  readonly underWay: Map<number, number>
  /** Those that were under way when the evidence first sufficed for something better than broken, and still are. */
  awaited: Set<number> | undefined
}

/** A sample that was begun: of which cell, and which of it. */
export interface SampleBegun extends CellId {
  readonly nth: number
}

/** A span in which cells are judged, each as soon as its evidence suffices. */
export class Window {
  readonly info: WindowInfo
  /** Resolves when every cell is judged. */
  readonly settled: Promise<void>
  readonly #options: WindowOptions
  readonly #openedMs: number
  readonly #open: Map<string, OpenCell>
  /** Those that were judged better than broken. */
  readonly #judged: SecondLook
  #settle: () => void = () => undefined

  constructor(options: WindowOptions) {
    this.#options = options
    this.info = options.info
    this.#openedMs = options.now()
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#open = new Map(options.cells.map((cell) => [cellKey(cell), this.#opened(cell)]))
    this.#judged = new SecondLook({
      effects: options.effects,
      judgement: options.judgement,
      cells: options.cells.length,
      onBroken: (id, tally) =>
        this.#emitJudged(id, 'broken', tally, 'it broke after it was judged'),
    })
    options.emit('window.opened', { window: options.info })
    for (const [key, tally] of options.known ?? []) {
      const cell = this.#open.get(key)
      if (!cell) continue
      cell.tally = tally
      this.#judge(cell, 'broken', 'it broke before the window opened')
    }
  }

  get openedMs(): number {
    return this.#openedMs
  }

  /** A sample of the undecided cell that was started least often, begun now; undefined when all are judged. */
  next(): SampleBegun | undefined {
    let least: OpenCell | undefined
    for (const cell of this.#open.values()) {
      if (!least || cell.started < least.started) least = cell
    }
    if (!least) return undefined
    const nth = least.started++
    least.underWay.set(nth, this.#options.now())
    return { ...least.id, nth }
  }

  /**
   * One that ended. Those that end first are no fair choice of all: where a part of them hangs, they are the ones that do not. So nothing
   * better than broken is said before all that were under way then have ended, too.
   */
  take(sample: SampleRecord, { nth }: SampleBegun): void {
    const cell = this.#open.get(cellKey(sample))
    if (!cell) return this.takeLater(sample)
    cell.underWay.delete(nth)
    cell.awaited?.delete(nth)
    const { startMs, durationMs } = sample
    cell.tally = tallied(cell.tally, sample.ok ? undefined : (sample.symptom ?? 'failed'), {
      startMs,
      endMs: startMs + durationMs,
    })
    const judgement = judgeCell(cell.tally, cell.question)
    if (judgement === undefined) cell.awaited = undefined
    else {
      cell.awaited ??= new Set(cell.underWay.keys())
      if (judgement === 'broken' || cell.awaited.size === 0) this.#judge(cell, judgement)
    }
  }

  /** One of a cell that is judged, while the window stays open for others, for load or for the status page: what held may break yet. */
  takeLater(sample: SampleRecord): void {
    this.#judged.take(sample)
  }

  /** Ends the window: what is not judged by now is undecided, or broken where recovery did not come. */
  close(note: string): void {
    for (const cell of this.#open.values()) {
      const judgement = judgeAtDeadline(cell.tally, cell.question)
      this.#judge(cell, judgement, `${note}${this.#hanging(cell)}`)
    }
    this.#options.emit('window.closed', {
      window: this.info,
      durationMs: this.#options.now() - this.#openedMs,
    })
  }

  #hanging({ awaited, underWay }: OpenCell): string {
    const began = [...(awaited ?? [])].map((nth) => underWay.get(nth) ?? Infinity)
    if (began.length === 0) return ''
    const sinceMs = this.#options.now() - Math.min(...began)
    return `; ${began.length} that began early had not ended, after ${(sinceMs / 1_000).toFixed(1)} s`
  }

  #opened(id: CellId): OpenCell {
    const { info, effects, judgement, cells, recovering } = this.#options
    const own = effects.filter((effect) => selects(effect, id))
    const due = own.filter(({ optional }) => !optional)
    // What a later step may do takes nothing away from what an earlier one does.
    const declared = due.at(-1) ?? own.at(-1)
    const alsoDeclared = own.filter((effect) => effect !== declared).map(({ becomes }) => becomes)
    const isRecovering =
      declared === undefined && (recovering?.(id) === true || info.kind === 'recovery')
    const about = info.kind === 'baseline' ? 'steady' : isRecovering ? 'recovery' : 'change'
    return {
      id,
      tally: emptyTally,
      started: 0,
      underWay: new Map(),
      awaited: undefined,
      question: {
        about,
        everywhere: declared === undefined || due.some(({ everywhere }) => everywhere),
        cells: cells.length,
        options: judgement,
        ...(declared === undefined ? {} : { declared: declared.becomes, alsoDeclared }),
        ...(declared?.optional ? { optional: true } : {}),
      },
    }
  }

  #judge(
    cell: OpenCell,
    judgement: NonNullable<ReturnType<typeof judgeCell>>,
    note?: string,
  ): void {
    this.#open.delete(cellKey(cell.id))
    const { declared, alsoDeclared = [] } = cell.question
    const all = declared === undefined ? [] : [...new Set([declared, ...alsoDeclared])]
    this.#emitJudged(cell.id, judgement, cell.tally, note, all.join(' or ') || undefined)
    if (judgement === 'holds' || judgement === 'effect')
      this.#judged.watch(cell.id, this.#options.now())
    if (this.#open.size === 0) this.#settle()
  }

  #emitJudged(
    id: CellId,
    judgement: NonNullable<ReturnType<typeof judgeCell>>,
    tally: CellTally,
    note?: string,
    declared?: string,
  ): void {
    const { judgement: options, now, emit } = this.#options
    emit('cell.judged', {
      ...id,
      window: this.info.id,
      judgement,
      ...(declared === undefined ? {} : { declared }),
      evidence: evidenceOf(tally, options, now() - this.#openedMs, note),
    })
  }
}
