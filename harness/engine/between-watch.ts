import {
  cellKey,
  selects,
  type CellId,
  type JudgementOptions,
  type SampleRecord,
} from '../core/index.ts'
import { emptyTally, judgeCell, tallied, type CellTally } from '../judge/index.ts'
import type { EffectInForce } from './window.ts'

/** So many samples are judged together: in one long row an outage of some seconds would not show. */
const samplesPerBlock = 50

export interface BetweenOptions {
  /** Those that held when time began to go by. */
  readonly cells: readonly CellId[]
  readonly effects: readonly EffectInForce[]
  readonly judgement: JudgementOptions
  /** Samples that began before this, in ms, say nothing. */
  readonly sinceMs: number
}

interface Watched {
  readonly id: CellId
  tally: CellTally
  blocks: number
}

/** While time goes by and no window is open: whether a cell breaks that held, by the evidence that a window asks for. */
export class BetweenWatch {
  readonly #options: BetweenOptions
  readonly #watched: ReadonlyMap<string, Watched>
  readonly #broken = new Map<string, CellTally>()
  readonly #broke = Promise.withResolvers<void>()

  constructor(options: BetweenOptions) {
    this.#options = options
    this.#watched = new Map(
      options.cells.map((id) => [cellKey(id), { id, tally: emptyTally, blocks: 0 }]),
    )
  }

  /** Resolves when the first cell is broken. */
  get broke(): Promise<void> {
    return this.#broke.promise
  }

  /** What was seen of those that are, by their keys. */
  get broken(): ReadonlyMap<string, CellTally> {
    return this.#broken
  }

  take(sample: SampleRecord): void {
    const { sinceMs, judgement, effects } = this.#options
    const cell = this.#watched.get(cellKey(sample))
    if (!cell || sample.startMs < sinceMs) return
    const symptom = sample.ok ? undefined : (sample.symptom ?? 'failed')
    const isDeclared = effects.some(
      (effect) => selects(effect, cell.id) && [symptom, '*'].includes(effect.becomes),
    )
    cell.tally = tallied(cell.tally, isDeclared ? undefined : symptom)
    // The false alarms of all blocks together are those of one window.
    const share = (cell.blocks + 1) * (cell.blocks + 2)
    const options = { ...judgement, falseAlarm: judgement.falseAlarm / share }
    const question = { about: 'change', everywhere: true, cells: this.#watched.size } as const
    if (judgeCell(cell.tally, { ...question, options }) === 'broken') {
      this.#broken.set(cellKey(cell.id), cell.tally)
      this.#broke.resolve()
    } else if (cell.tally.samples >= samplesPerBlock) {
      cell.tally = emptyTally
      cell.blocks += 1
    }
  }
}
