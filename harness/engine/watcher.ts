import {
  mayBreak,
  selects,
  type CellId,
  type JudgementOptions,
  type Scenario,
  type Step,
  type WindowInfo,
} from '../core/index.ts'
import type { CellTally } from '../judge/index.ts'
import { BetweenWatch } from './between-watch.ts'
import type { Journal } from './journal.ts'
import type { BreakageClock } from './observers.ts'
import type { Clock } from './ports.ts'
import type { Safety } from './safety.ts'
import type { SystemUnderTest } from './system-under-test.ts'
import type { EffectInForce } from './effect-in-force.ts'
import { Window } from './window.ts'

/** A status page must have been read this often in a window before the window may end. */
const readingsPerWindow = 3
/** Failures begin a little after a window opens, and end with the last sample. */
export const admitSlackMs = 1_000
const lookEveryMs = 20

export interface WatcherOptions {
  readonly scenario: Scenario
  readonly cells: readonly CellId[]
  readonly judgement: JudgementOptions
  readonly journal: Journal
  readonly breakage: BreakageClock
  readonly safety: Safety
  readonly system: Pick<SystemUnderTest, 'sampler' | 'load' | 'links' | 'lost'>
  readonly clock: Clock
  /** Of the run. */
  readonly signal: AbortSignal
}

/** Has the cells, and what is under load, judged in one window after the other. */
export class Watcher {
  readonly #options: WatcherOptions
  /** Cells that broke while time went by. */
  #known: ReadonlyMap<string, CellTally> = new Map()

  constructor(options: WatcherOptions) {
    this.#options = options
  }

  /**
   * Lets time go by until the task is done, or is no more to be waited for: a cell broke that held, or the run is to end. What is broken
   * is so in the next window.
   */
  async meanwhile(
    task: (signal: AbortSignal) => Promise<void>,
    effects: readonly EffectInForce[],
  ): Promise<void> {
    const { system, safety, journal, clock, signal } = this.#options
    const { sampler, load } = system
    // After the baseline nothing is in force yet that could have broken them.
    const held = journal.lastJudged.filter(
      ({ window, judgement: found }) =>
        window !== 'baseline' && (found === 'holds' || found === 'effect'),
    )
    const between = this.#between(held, effects)
    const ended = new AbortController()
    const until = AbortSignal.any([signal, ended.signal])
    if (sampler) sampler.between = between
    try {
      await Promise.race([
        task(until),
        between.broke,
        safety.tooMuch(clock, until),
        ...(sampler ? [sampler.faulted] : []),
        ...(load ? [load.over] : []),
      ])
    } finally {
      ended.abort()
      if (sampler) sampler.between = undefined
    }
    this.#known = between.broken
  }

  /**
   * Has a step applied, which takes as long as it takes. A cell that held until then and breaks meanwhile is broken in the window of the
   * step, but for those of which the step or the scenario says that they suffer: how they do on the way there is not told.
   */
  async applying<T>(task: Promise<T>, step: Step, effects: readonly EffectInForce[]): Promise<T> {
    const { system, journal, scenario } = this.#options
    const { sampler } = system
    const { expect, steps } = scenario
    const mayFail = (cell: CellId) =>
      step.effects.some((effect) => selects(effect, cell)) ||
      mayBreak(expect, steps, cell, step.name)
    const held = journal.lastJudged.filter(
      (cell) => (cell.judgement === 'holds' || cell.judgement === 'effect') && !mayFail(cell),
    )
    const between = this.#between(held, effects)
    if (sampler) sampler.between = between
    try {
      return await task
    } finally {
      if (sampler) sampler.between = undefined
      this.#known = between.broken
    }
  }

  /** Whether a cell broke while time went by, and no window has told of it yet. */
  get hasBroken(): boolean {
    return this.#known.size > 0
  }

  /**
   * Returns when all is judged, the time for it is over, or nothing more is to be learnt: with the load it ends, but for a recovery, in
   * which the cells still tell whether they come back. `recovering`: cells whose failures may end.
   */
  async watch(
    info: WindowInfo,
    effects: readonly EffectInForce[],
    recovering: (cell: CellId) => boolean = () => false,
  ): Promise<void> {
    const { cells, judgement, journal, breakage, safety, system, clock, signal } = this.#options
    const { sampler, load } = system
    if (!sampler || signal.aborted) return
    await system.links?.enter(info.id)
    const { emit } = journal
    const known = info.kind === 'change' ? this.#known : new Map<string, CellTally>()
    this.#known = new Map()
    const about = { info, cells, effects, recovering, judgement, known }
    const window = new Window({ ...about, emit, now: clock.now })
    const loadWindow = load?.open(
      info,
      (cell) => effects.some((effect) => selects(effect, cell)),
      info.kind === 'recovery' || this.#isUndo(info),
    )
    const ended = new AbortController()
    const until = AbortSignal.any([signal, ended.signal])
    const readings = breakage.readings
    const isRecovery = info.kind === 'recovery'
    sampler.window = window
    await Promise.race([
      Promise.all([window.settled, Promise.race([loadWindow?.settled, load?.over])]).then(() =>
        this.#statusSeen(window, readings, until),
      ),
      sampler.faulted,
      system.lost,
      clock.sleep(judgement.windowMs, until),
      // What is undone can do no more harm: whether it comes back is watched to the end.
      ...(isRecovery ? [] : [safety.tooMuch(clock, until), ...(load ? [load.over] : [])]),
    ])
    ended.abort()
    sampler.window = undefined
    const why = this.#whyOver(info)
    load?.close(load.whyOver ?? why)
    window.close(why)
    await system.links?.enter(undefined)
  }

  #between(held: readonly CellId[], effects: readonly EffectInForce[]): BetweenWatch {
    const { judgement, cells, clock } = this.#options
    return new BetweenWatch({
      held,
      effects,
      judgement,
      cells: cells.length,
      sinceMs: clock.now(),
    })
  }

  #whyOver({ kind }: WindowInfo): string {
    const { judgement, safety, system, signal } = this.#options
    if (signal.aborted) return 'interrupted'
    if (kind !== 'recovery' && safety.isTooMuch) return `stopped, since ${safety.reason}`
    if (kind !== 'recovery' && system.load?.whyOver !== undefined) return system.load.whyOver
    return `the window of ${judgement.windowMs} ms ended`
  }

  /** The page is read some times in each window; and where it is to admit what broke in this one, it is given the time for it. */
  async #statusSeen(
    { info, openedMs }: Window,
    before: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { scenario, journal, breakage, clock, judgement: options } = this.#options
    const { expect } = scenario
    if (!scenario.statusPage) return
    const { admitsWithinMs, neverFalselyGreenForMs } = expect.statusPage ?? {}
    // An incident in which the page told the truth: when is not said.
    const isHonest = expect.kind === 'reproduces' && expect.statusPageLies === false
    const isFault = scenario.steps.some(
      ({ kind, name }) => kind === 'fault' && name === info.change,
    )
    const isBad =
      info.kind === 'change' &&
      journal
        .judged(info.id)
        .some(({ judgement }) => judgement === 'broken' || (isFault && judgement === 'effect'))
    const toAdmitMs = isHonest
      ? options.windowMs
      : Math.max(admitsWithinMs ?? 0, neverFalselyGreenForMs ?? 0)
    const admitUntilMs = isBad && toAdmitMs > 0 ? openedMs + toAdmitMs + admitSlackMs : 0
    const isWaiting = () =>
      breakage.readings < before + readingsPerWindow ||
      (clock.now() < admitUntilMs && !breakage.hasAdmittedSince(openedMs))
    while (isWaiting() && !signal.aborted) await clock.sleep(lookEveryMs, signal)
  }

  #isUndo({ change }: WindowInfo): boolean {
    return this.#options.scenario.steps.some(({ kind, name }) => kind === 'undo' && name === change)
  }
}
