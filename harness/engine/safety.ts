import {
  cellKey,
  count,
  selects,
  type EventBody,
  type JournalEvent,
  type Scenario,
} from '../core/index.ts'
import { AbortConditions } from './abort-conditions.ts'
import type { Clock } from './ports.ts'

const lookEveryMs = 20

/** Whether a run must end at once: more cells broke than its scenario bears, or a threshold is crossed. */
export class Safety {
  readonly #scenario: Scenario
  readonly #conditions: AbortConditions
  readonly #onCrossed: (crossed: EventBody<'safety.judged'>) => void
  /** Cells broken under changes that the scenario does not expect to be. */
  readonly #unexpected = new Set<string>()
  #isCrossed = false

  /** `onCrossed` is called once, for the threshold that ends the run. */
  constructor(scenario: Scenario, onCrossed: (crossed: EventBody<'safety.judged'>) => void) {
    this.#scenario = scenario
    this.#conditions = new AbortConditions(scenario.safety?.thresholds)
    this.#onCrossed = onCrossed
  }

  readonly listen = (event: JournalEvent): void => {
    this.#conditions.listen(event)
    if (event.kind !== 'cell.judged' || event.judgement !== 'broken') return
    if (!event.window.startsWith('change:')) return
    const { expect } = this.#scenario
    const expected = expect.kind === 'reproduces' ? expect.broken : []
    if (!expected.some((selector) => selects(selector, event))) this.#unexpected.add(cellKey(event))
  }

  /** Thresholds are over flows that start from now on. */
  begin(atMs: number): void {
    this.#conditions.begin(atMs)
  }

  get isTooMuch(): boolean {
    const { maxBrokenCells = Infinity } = this.#scenario.safety ?? {}
    if (!this.#isCrossed && this.#conditions.crossed) {
      this.#isCrossed = true
      this.#onCrossed(this.#conditions.crossed)
    }
    return this.#isCrossed || this.#unexpected.size > maxBrokenCells
  }

  /** Why it is. */
  get reason(): string {
    return this.#isCrossed
      ? 'a threshold was crossed'
      : `${count(this.#unexpected.size, 'cell')} broke that ${this.#unexpected.size === 1 ? 'was' : 'were'} not to`
  }

  /** Resolves when it is, or the signal is aborted. */
  async tooMuch(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!this.isTooMuch && !signal.aborted) await clock.sleep(lookEveryMs, signal)
  }

  /** All thresholds, by what was seen until now. */
  results(): EventBody<'safety.judged'>[] {
    return this.#conditions.results()
  }
}
