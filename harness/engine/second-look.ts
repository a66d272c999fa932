import {
  cellKey,
  selects,
  type CellId,
  type JudgementOptions,
  type SampleRecord,
} from '../core/index.ts'
import { emptyTally, judgeCell, tallied, type CellTally } from '../judge/index.ts'
import type { EffectInForce } from './effect-in-force.ts'

/** So many samples are judged together: in one long row an outage of some seconds would not show. */
const samplesPerBlock = 50

export interface SecondLookOptions {
  readonly effects: readonly EffectInForce[]
  readonly judgement: JudgementOptions
  /** Number of cells of the scenario. */
  readonly cells: number
  /** Called once for each cell that breaks, with what was seen of it. */
  readonly onBroken: (cell: CellId, tally: CellTally) => void
}

interface Watched {
  readonly id: CellId
  readonly sinceMs: number
  tally: CellTally
  blocks: number
}

/** Of cells that held: whether they break after all, by the evidence that a window asks for. Symptoms that are declared are none. */
export class SecondLook {
  readonly #options: SecondLookOptions
  readonly #watched = new Map<string, Watched>()

  constructor(options: SecondLookOptions) {
    this.#options = options
  }

  /** Samples of the cell that begin from `sinceMs` on count. */
  watch(id: CellId, sinceMs: number): void {
    this.#watched.set(cellKey(id), { id, sinceMs, tally: emptyTally, blocks: 0 })
  }

  take(sample: SampleRecord): void {
    const { judgement, effects, cells, onBroken } = this.#options
    const cell = this.#watched.get(cellKey(sample))
    if (!cell || sample.startMs < cell.sinceMs) return
    const symptom = sample.ok ? undefined : (sample.symptom ?? 'failed')
    const isDeclared = effects.some(
      (effect) => selects(effect, cell.id) && [symptom, '*'].includes(effect.becomes),
    )
    cell.tally = tallied(cell.tally, isDeclared ? undefined : symptom)
    // The false alarms of all blocks together are those of one window.
    const share = (cell.blocks + 1) * (cell.blocks + 2)
    const options = { ...judgement, falseAlarm: judgement.falseAlarm / share }
    const question = { about: 'change', everywhere: true, cells, options } as const
    if (judgeCell(cell.tally, question) === 'broken') {
      this.#watched.delete(cellKey(cell.id))
      onBroken(cell.id, cell.tally)
    } else if (cell.tally.samples >= samplesPerBlock) {
      cell.tally = emptyTally
      cell.blocks += 1
    }
  }
}
