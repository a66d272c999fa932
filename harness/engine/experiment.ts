import {
  all,
  count,
  cellsOf,
  lasting,
  type Actor,
  type CellId,
  type Change,
  type Fault,
  type JudgementOptions,
  type Scenario,
  type Step,
  type Timings,
  type UndoStep,
  type Verdict,
  type WaitStep,
  type WindowInfo,
} from '../core/index.ts'
import { judgeRun } from '../judge/index.ts'
import { judgementOf } from './judgement-of.ts'
import type { HttpConnections } from '../load/index.ts'
import { AnswerBook } from './answer-book.ts'
import { announcement } from './announcement.ts'
import type { Applied } from './apply.ts'
import { EscapeRoute } from './escape-route.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { Journal } from './journal.ts'
import { BreakageClock } from './observers.ts'
import type { RunningStack } from './ports.ts'
import { stagesOf } from './rollout.ts'
import { roundMs } from './round-ms.ts'
import { runFailed } from './run-failed.ts'
import { Safety } from './safety.ts'
import { readDocuments } from './state-documents.ts'
import { hashState } from './state-hash.ts'
import { StepsInForce } from './steps-in-force.ts'
import { SystemUnderTest } from './system-under-test.ts'
import { Watcher } from './watcher.ts'
import { WriteRegister } from './write-register.ts'

/** The parts of a run, to be put in order by whoever drives it. */
export class Experiment {
  readonly journal: Journal
  readonly cells: readonly CellId[]
  readonly scenario: Scenario
  readonly #options: ExperimentOptions
  readonly #judgement: JudgementOptions
  readonly #timings: { -readonly [K in keyof Timings]: Timings[K] } = { totalMs: 0 }
  readonly #answers = new AnswerBook()
  readonly #writes: WriteRegister
  readonly #breakage: BreakageClock
  readonly #safety: Safety
  readonly #system: SystemUnderTest
  readonly #steps: StepsInForce
  readonly #watcher: Watcher
  /** When the baseline was over. */
  #steadyMs = 0
  #escape: EscapeRoute[] = []

  constructor(scenario: Scenario, options: ExperimentOptions) {
    const { clock, redactor, signal } = options
    this.scenario = scenario
    this.cells = cellsOf(scenario)
    this.#options = options
    this.#judgement = judgementOf(scenario)
    this.#writes = new WriteRegister(clock.now)
    this.#breakage = new BreakageClock(scenario.steps)
    this.#safety = new Safety(scenario, (crossed) => this.journal.emit('safety.judged', crossed))
    redactor.keep([
      ...[...scenario.flows, ...scenario.actors].map(({ id }) => id),
      ...scenario.stack.services.map(({ name }) => name),
      ...scenario.steps.map(({ name }) => name),
    ])
    this.journal = new Journal(clock, redactor, [
      this.#breakage.listen,
      this.#safety.listen,
      ...options.listeners,
    ])
    const { emit } = this.journal
    const parts = { scenario, cells: this.cells, judgement: this.#judgement }
    this.#system = new SystemUnderTest({
      ...parts,
      run: options,
      emit,
      answers: this.#answers,
      writes: this.#writes,
    })
    this.#steps = new StepsInForce({
      emit,
      clock,
      signal,
      timeoutMs: scenario.safety?.stepTimeoutMs,
      unlessLost: this.#system.unlessLost,
    })
    this.#watcher = new Watcher({
      ...parts,
      journal: this.journal,
      breakage: this.#breakage,
      safety: this.#safety,
      system: this.#system,
      clock,
      signal,
    })
  }

  get stack(): RunningStack {
    return this.#system.stack
  }

  /** The actors with the sessions that they have now. */
  get actors(): readonly Actor[] {
    return this.#system.actors
  }

  /** The connections that flows run over. */
  get connections(): HttpConnections {
    return this.#system.connections
  }

  /** What altered something and is not undone, in order; a step on several replicas more than once. */
  get inForce(): readonly Pick<Applied, 'step' | 'on'>[] {
    return this.#steps.applied.filter(({ isNoop }) => !isNoop)
  }

  /** Whether something is applied that is not undone. */
  get hasChanges(): boolean {
    return this.#steps.applied.length > 0
  }

  /** Whether cells were broken when they were judged last. */
  get isBroken(): boolean {
    return this.journal.lastJudged.some(({ judgement }) => judgement === 'broken')
  }

  get interrupted(): boolean {
    return this.#options.signal.aborted
  }

  /** Starts the stack, signs the actors in and sets traffic going. */
  async start(): Promise<void> {
    this.journal.emit('run.started', announcement(this.scenario, this.#judgement, this.#options))
    this.#timings.startMs = await this.#system.startStack()
    await this.#system.startTraffic()
  }

  /** True when every cell holds, so that changes may be applied. */
  async baseline(): Promise<boolean> {
    this.journal.emit('phase', {
      phase: 'baseline',
      text: `checking that ${all(this.cells.length, 'cell')} ${this.cells.length === 1 ? 'works' : 'work'} before anything is changed`,
    })
    await this.hashState('before')
    const startMs = this.#now()
    await this.#watcher.watch({ id: 'baseline', kind: 'baseline' }, [])
    this.#timings.baselineMs = this.#since(startMs)
    this.#steadyMs = this.#now()
    const judged = this.journal.judged('baseline')
    const load = this.journal.loadJudged('baseline')
    return judged.length > 0 && [...judged, ...load].every((event) => event.judgement === 'holds')
  }

  /** Applies a change stage by stage, or injects a fault, and watches what it does. False when that broke something or could not be done: then what follows makes no sense. */
  async step(step: Step, number: number): Promise<boolean> {
    const window = `change:${number}`
    if (!(await this.#reachTimeOf(step, window))) return false
    if (step.kind === 'wait' || step.kind === 'undo') {
      return (await this.#interlude(step)) && this.#watchStep(step, window, true)
    }
    if (step.kind === 'fault') {
      this.#announceStage(`injecting '${step.name}'`)
      const injecting = this.#steps.inject(step, this.stack)
      const done = await this.#watcher.applying(injecting, step, this.#steps.effects)
      return done && this.#watchStep(step, window, showsAlways(step))
    }
    const replicas = this.stack.replicas.filter((replica) => replica.service === step.service)
    const stages = stagesOf(step.rollout, replicas.length)
    for (const [i, upTo] of stages.entries()) {
      const stage = stages.length > 1 ? i + 1 : undefined
      const added = replicas.slice(stages[i - 1] ?? 0, upTo)
      this.#announceStage(`applying '${step.name}' to ${added.map(({ id }) => id).join(', ')}`)
      const applying = this.#steps.apply(step, added, stage)
      if (!(await this.#watcher.applying(applying, step, this.#steps.effects))) return false
      this.#escape.push(new EscapeRoute(step.name, added, this.#options.clock))
      const own = stage === undefined ? window : `${window}:stage:${stage}`
      if (!(await this.#watchStep(step, own, upTo === replicas.length, stage))) return false
    }
    return true
  }

  /** Applies a step, a change to the replicas named, without a window: traffic goes on, and nobody judges. False when it could not be done; the journal says why. */
  async applyUnwatched(step: Change | Fault, replicas: readonly string[]): Promise<boolean> {
    const named = this.stack.replicas.filter(({ id }) => replicas.includes(id))
    const done = await (step.kind === 'fault'
      ? this.#steps.inject(step, this.stack)
      : this.#steps.apply(step, named))
    // What fails by it has its exchange, whatever failed before.
    this.#system.sampler?.keepAnew()
    return done
  }

  /** Undoes one step, whatever else is in force. Throws HarnessError UNDO_FAILED with why something of it stays in force, to be undone at the end. */
  async undoOne(name: string): Promise<void> {
    const startMs = this.#now()
    await this.#closeEscapeRoutes(({ change }) => change === name)
    await this.#steps.undoOne(name)
    this.#timings.undoMs = this.#since(startMs)
  }

  /** Takes back what the steps of an order did, and watches the cells recover; true when they did, so that the next order can begin. */
  async leaveOrder(order: string, number: number): Promise<boolean> {
    if (this.#isStopped) return false
    this.journal.emit('phase', { phase: 'undoing', text: `undoing ${order}` })
    const steps = this.scenario.steps.filter((step) => step.order === order)
    if (!(await this.#undo(steps.map(({ name }) => name)))) return false
    const window = `recovery:${number}`
    await this.#watcher.watch({ id: window, kind: 'recovery' }, this.#steps.effects)
    const isWell = this.journal.judged(window).every(({ judgement }) => judgement !== 'broken')
    return isWell && !this.interrupted && !this.#isStopped
  }

  /** Undoes all that was applied, last first. Works after an interrupt too. */
  async undo(): Promise<void> {
    for (const result of this.#safety.results()) this.journal.emit('safety.judged', result)
    if (!this.hasChanges) return
    const startMs = this.#now()
    this.journal.emit('phase', { phase: 'undoing', text: 'undoing the change' })
    await this.#closeEscapeRoutes(() => true)
    await this.#steps.undoAll()
    this.#timings.undoMs = this.#since(startMs)
  }

  /** Compares the configuration with what it was, and watches until the steady state holds again. */
  async recover(): Promise<void> {
    this.journal.emit('phase', {
      phase: 'recovering',
      text: 'watching whether everything comes back',
    })
    const startMs = this.#now()
    await this.hashState('after')
    await this.#watcher.watch({ id: 'recovery', kind: 'recovery' }, [])
    this.#timings.recoveryMs = this.#since(startMs)
  }

  /** Reads back what flows wrote, where the scenario says how. */
  async checkWrites(): Promise<void> {
    const { clock, signal } = this.#options
    const { writes } = this.scenario
    if (!writes || signal.aborted) return
    this.journal.emit('phase', {
      phase: 'recovering',
      text: `reading back ${count(this.#writes.records.length, 'write')}`,
    })
    const headers = new Map(this.actors.map((actor) => [actor.id, actor.headers]))
    const clientFor = (actor: string, bounded: AbortSignal) =>
      this.connections.client(headers.get(actor) ?? {}, bounded)
    const finding = await this.#writes.check(writes, clientFor, clock, signal)
    if (!signal.aborted) this.journal.emit('writes.checked', finding)
  }

  /** Writes down the state of the configuration: 'after' also after an undo that nobody watches. */
  async hashState(when: 'before' | 'after'): Promise<void> {
    const { replicas } = this.stack
    const [hashes, documents] = await Promise.all([
      hashState(replicas),
      when === 'before' ? readDocuments(replicas, this.#options.redactor) : undefined,
    ])
    this.journal.emit('state.hashed', {
      when,
      replicas: hashes,
      ...(documents === undefined ? {} : { documents }),
    })
  }

  /** Writes down why the run could not go on. To be said before `finish`, so that whoever reads its reports is told. */
  noteFault(error: unknown): void {
    this.journal.emit('run.failed', runFailed(error))
  }

  /** Stops traffic, judges the run from its journal, tears everything down. The last event is 'run.ended'. */
  async finish(): Promise<Verdict> {
    const { emit } = this.journal
    if (this.interrupted) emit('interrupted', { signal: String(this.#options.signal.reason) })
    const faults = await this.#system.stopTraffic()
    for (const page of this.#answers.pages()) emit('answers.sampled', page)
    const finding = this.#breakage.finding(this.#now())
    if (finding) emit('status.judged', finding)
    const verdict = judgeRun(this.journal.history)
    emit('verdict.reached', { verdict })
    emit('phase', { phase: 'tearing-down', text: 'stopping everything' })
    const startMs = this.#now()
    faults.push(...(await this.#system.tearDown()))
    this.#timings.teardownMs = this.#since(startMs)
    this.#timings.totalMs = roundMs(this.#now())
    const { applyMs } = this.#steps
    emit('run.ended', {
      verdict,
      timings: {
        ...this.#timings,
        ...(applyMs === undefined ? {} : { applyMs }),
      },
      outsideRequests: this.#system.outsideRequests,
    })
    if (faults.length > 0) throw faults[0]
    return verdict
  }

  /** Lets time pass, or ends an earlier step; true when that went well. */
  async #interlude(step: UndoStep | WaitStep): Promise<boolean> {
    const startMs = this.#now()
    this.journal.emit('phase', { phase: 'applying', text: step.title })
    const done =
      step.kind === 'wait' ? await this.#pass(step.durationMs) : await this.#undo([step.step])
    if (!done) return false
    this.journal.emit('change.applied', {
      change: step.name,
      replicas: [],
      explain: [step.summary],
      durationMs: this.#since(startMs),
    })
    return !this.interrupted
  }

  /**
   * Lets time pass until the step may be taken. What breaks meanwhile broke by the steps before, and is watched at once in a window of its
   * own; false when nothing is to follow it.
   */
  async #reachTimeOf(step: Step, window: string): Promise<boolean> {
    const before = this.scenario.steps[this.scenario.steps.indexOf(step) - 1]
    for (let nth = 1; ; nth += 1) {
      const earlyMs = this.#steadyMs + (step.notBeforeMs ?? 0) - this.#now()
      if (earlyMs > 0 && !(await this.#pass(earlyMs))) return false
      if (!before || !this.#watcher.hasBroken) return true
      const own = `${window}:before-${nth}`
      if (!(await this.#watchStep(before, own, showsAlways(before)))) return false
    }
  }

  /** Lets time pass, until a cell breaks; false when the run is to end before it is over. */
  async #pass(durationMs: number): Promise<boolean> {
    const { clock } = this.#options
    await this.#watcher.meanwhile(
      (signal) =>
        this.#system.unlessLost((ended) =>
          clock.sleep(durationMs, AbortSignal.any([signal, ended])),
        ),
      this.#steps.effects,
    )
    return !this.interrupted && !this.#isStopped
  }

  /** Judges all cells with this step in force beside those before it; true when none is broken. */
  async #watchStep(
    step: Step,
    window: string,
    everywhere: boolean,
    stage?: number,
  ): Promise<boolean> {
    const info: WindowInfo = {
      id: window,
      kind: 'change',
      change: step.name,
      ...(stage === undefined ? {} : { stage }),
    }
    this.journal.emit('phase', {
      phase: 'watching',
      text: `watching what '${step.name}' does to ${count(this.cells.length, 'cell')}`,
    })
    this.#steps.expectEffects(step, everywhere)
    const startMs = this.#now()
    const { expect, steps } = this.scenario
    const saidOf = (cell: CellId) => lasting(expect, steps, cell, step.name)
    await this.#watcher.watch(info, this.#steps.effects, (cell) => {
      const said = saidOf(cell)
      // In an order all was well before, so an undo may break something just as a change may.
      const isUndo = step.kind === 'undo' && step.order === undefined
      return said === 'end' || (isUndo && said !== 'before')
    })
    this.#timings.verdictMs = Math.max(this.#timings.verdictMs ?? 0, this.#since(startMs))
    const broken = this.journal.judged(window).filter((event) => event.judgement === 'broken')
    const harmed = this.journal
      .loadJudged(window)
      .filter(({ judgement }) => judgement === 'broken' || judgement === 'slower')
    const goesOn = [...broken, ...harmed].every((cell) => saidOf(cell) === 'before')
    return goesOn && !this.interrupted && !this.#isStopped
  }

  /** Whether no further step is to be taken: too much broke, or there is no load any more to judge it by. */
  get #isStopped(): boolean {
    return this.#safety.isTooMuch || this.#system.load?.whyOver !== undefined
  }

  #announceStage(text: string): void {
    this.journal.emit('phase', { phase: 'applying', text })
    this.#breakage.changeApplied(this.#now())
    this.#safety.begin(this.#now())
  }

  /** Undoes what these steps did; false when something of theirs could not be undone. */
  async #undo(names: readonly string[]): Promise<boolean> {
    await this.#closeEscapeRoutes(({ change }) => names.includes(change))
    return this.#steps.undo(names)
  }

  /** The way back is of interest as long as the change is live, and no longer. */
  async #closeEscapeRoutes(isOver: (route: EscapeRoute) => boolean): Promise<void> {
    const closing = this.#escape.filter(isOver).map((route) => route.close())
    this.#escape = this.#escape.filter((route) => !isOver(route))
    for (const checked of (await Promise.all(closing)).flat()) {
      this.journal.emit('escape.checked', checked)
    }
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #since(startMs: number): number {
    return roundMs(this.#now() - startMs)
  }
}

/** Whether what a step declares shows all the time, once every replica has it. */
function showsAlways(step: Step): boolean {
  return step.kind !== 'fault' || step.intermittent !== true
}
