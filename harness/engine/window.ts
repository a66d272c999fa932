import {
  cellKey,
  type CellId,
  type Effect,
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

export interface EffectInForce extends Effect {
  /** Whether every replica has the change: then it must come always. */
  readonly everywhere: boolean
}

export interface WindowOptions {
  readonly info: WindowInfo
  readonly cells: readonly CellId[]
  /** Of all steps that are in force. */
  readonly effects: readonly EffectInForce[]
  /** Whether failures of the cell that end are let pass, as after an undo; never those with a declared effect. */
  readonly recovering?: (cell: CellId) => boolean
  readonly judgement: JudgementOptions
  readonly emit: Emit
  readonly now: () => number
}

interface OpenCell {
  readonly id: CellId
  readonly question: CellQuestion
  tally: CellTally
  started: number
}

/** A span in which cells are judged, each as soon as its evidence suffices. */
export class Window {
  readonly info: WindowInfo
  /** Resolves when every cell is judged. */
  readonly settled: Promise<void>
  readonly #options: WindowOptions
  readonly #openedMs: number
  readonly #open: Map<string, OpenCell>
  #settle: () => void = () => undefined

  constructor(options: WindowOptions) {
    this.#options = options
    this.info = options.info
    this.#openedMs = options.now()
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#open = new Map(options.cells.map((cell) => [cellKey(cell), this.#opened(cell)]))
    options.emit('window.opened', { window: options.info })
  }

  get openedMs(): number {
    return this.#openedMs
  }

  /** The undecided cell that was started least often, counted as started now; undefined when all are judged. */
  next(): CellId | undefined {
    let least: OpenCell | undefined
    for (const cell of this.#open.values()) {
      if (!least || cell.started < least.started) least = cell
    }
    if (least) least.started += 1
    return least?.id
  }

  take(sample: SampleRecord): void {
    const cell = this.#open.get(cellKey(sample))
    if (!cell) return
    cell.tally = tallied(cell.tally, sample.ok ? undefined : (sample.symptom ?? 'failed'))
    const judgement = judgeCell(cell.tally, cell.question)
    if (judgement) this.#judge(cell, judgement)
  }

  /** Ends the window: what is not judged by now is undecided, or broken where recovery did not come. */
  close(note: string): void {
    for (const cell of this.#open.values()) {
      this.#judge(cell, judgeAtDeadline(cell.tally, cell.question.about), note)
    }
    this.#options.emit('window.closed', {
      window: this.info,
      durationMs: this.#options.now() - this.#openedMs,
    })
  }

  #opened(id: CellId): OpenCell {
    const { info, effects, judgement, cells, recovering } = this.#options
    const declared = effects.findLast((effect) => selects(effect, id))
    const isRecovering =
      declared === undefined && (recovering?.(id) === true || info.kind === 'recovery')
    const about = info.kind === 'baseline' ? 'steady' : isRecovering ? 'recovery' : 'change'
    return {
      id,
      tally: emptyTally,
      started: 0,
      question: {
        about,
        everywhere: declared?.everywhere ?? true,
        cells: cells.length,
        options: judgement,
        ...(declared === undefined ? {} : { declared: declared.becomes }),
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
    const { judgement: options, now, emit } = this.#options
    const { declared } = cell.question
    emit('cell.judged', {
      ...cell.id,
      window: this.info.id,
      judgement,
      ...(declared === undefined ? {} : { declared }),
      evidence: evidenceOf(cell.tally, options, now() - this.#openedMs, note),
    })
    if (this.#open.size === 0) this.#settle()
  }
}
