import {
  HarnessError,
  cellsOf,
  deriveSeed,
  lasting,
  selects,
  type Actor,
  type CellId,
  type Change,
  type Fault,
  type JournalEvent,
  type JudgementOptions,
  type Scenario,
  type Step,
  type Timings,
  type UndoStep,
  type Verdict,
  type WaitStep,
  wholeStack,
  type WindowInfo,
} from '../core/index.ts'
import { defaultJudgement, judgeRun } from '../judge/index.ts'
import { HttpConnections } from '../load/index.ts'
import { AnswerBook } from './answer-book.ts'
import { announcement } from './announcement.ts'
import { AbortConditions } from './abort-conditions.ts'
import { applyToReplicas, injectFault, undoAll, type Applied, type StageResult } from './apply.ts'
import { EscapeRoute } from './escape-route.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { Journal } from './journal.ts'
import { LinkObserver } from './link-observer.ts'
import { BreakageClock, OutsideObserver, observeStatusPage } from './observers.ts'
import type { RunningStack } from './ports.ts'
import { stagesOf } from './rollout.ts'
import { Sampler } from './sampler.ts'
import { ScenarioLoad } from './scenario-load.ts'
import { signIn } from './sign-in.ts'
import { readDocuments } from './state-documents.ts'
import { hashState } from './state-hash.ts'
import { Window, type EffectInForce } from './window.ts'
import { WriteRegister } from './write-register.ts'

/** A status page must have been read this often in a window before the window may end. */
const readingsPerWindow = 3
/** Failures begin a little after a window opens, and end with the last sample. */
const admitSlackMs = 1_000
const defaultStepTimeoutMs = 120_000
/** Of a step that has been told to. */
const stopsWithinMs = 2_000

/** The parts of a run, to be put in order by whoever drives it. */
export class Experiment {
  readonly journal: Journal
  readonly cells: readonly CellId[]
  readonly scenario: Scenario
  readonly #options: ExperimentOptions
  readonly #judgement: JudgementOptions
  readonly #breakage: BreakageClock
  readonly #applied: Applied[] = []
  /** Declared effects by the step that is in force. */
  readonly #inForce = new Map<string, readonly EffectInForce[]>()
  readonly #timings: { -readonly [K in keyof Timings]: Timings[K] } = { totalMs: 0 }
  readonly #writes: WriteRegister
  readonly #answers = new AnswerBook()
  readonly #conditions: AbortConditions
  /** When the baseline was over. */
  #steadyMs = 0
  #escape: EscapeRoute[] = []
  /** Cells broken under changes that the scenario does not expect to be. */
  #unexpected = 0
  /** By a threshold. */
  #isStopped = false
  readonly #observersStop = new AbortController()
  /** Rejected when what runs the stack went away: nothing more can be learnt of the system. */
  readonly #lost = Promise.withResolvers<never>()
  #observers: Promise<void>[] = []
  #actors: readonly Actor[] = []
  #outside: OutsideObserver | undefined
  #links: LinkObserver | undefined
  #stack: RunningStack | undefined
  #connections: HttpConnections | undefined
  #sampler: Sampler | undefined
  #load: ScenarioLoad | undefined

  constructor(scenario: Scenario, options: ExperimentOptions) {
    this.scenario = scenario
    this.#breakage = new BreakageClock(scenario.steps)
    // Heard of by whoever watches then; between windows nobody does.
    this.#lost.promise.catch(() => undefined)
    this.cells = cellsOf(scenario)
    this.#options = options
    this.#writes = new WriteRegister(options.clock.now)
    this.#conditions = new AbortConditions(scenario.safety?.thresholds)
    this.#judgement = { ...defaultJudgement, ...scenario.judgement }
    options.redactor.keep([
      ...[...scenario.flows, ...scenario.actors].map(({ id }) => id),
      ...scenario.stack.services.map(({ name }) => name),
      ...scenario.steps.map(({ name }) => name),
    ])
    this.journal = new Journal(options.clock, options.redactor, [
      this.#breakage.listen,
      this.#countBroken,
      this.#conditions.listen,
      ...options.listeners,
    ])
  }

  get stack(): RunningStack {
    if (!this.#stack) throw new Error('the stack is not started')
    return this.#stack
  }

  /** The actors with the sessions that they have now. */
  get actors(): readonly Actor[] {
    return this.#actors
  }

  /** The connections that flows run over. */
  get connections(): HttpConnections {
    if (!this.#connections) throw new Error('the stack is not started')
    return this.#connections
  }

  /** What is applied and not undone, in order; a step on several replicas more than once. */
  get inForce(): readonly { readonly step: string; readonly on: readonly string[] }[] {
    return this.#applied
  }

  /** Whether something is applied that is not undone. */
  get hasChanges(): boolean {
    return this.#applied.length > 0
  }

  get interrupted(): boolean {
    return this.#options.signal.aborted
  }

  /** Starts the stack, signs the actors in and sets traffic going. */
  async start(): Promise<void> {
    const { runtime, runId, seed, logDir, redactor, signal } = this.#options
    const { emit } = this.journal
    emit('run.started', announcement(this.scenario, this.#judgement, this.#options))
    emit('phase', {
      phase: 'starting',
      text: `starting '${this.scenario.stack.name}' (${runtime.name})`,
    })
    const startMs = this.#now()
    const stack = await runtime.start(this.scenario.stack, {
      runId,
      seed,
      logDir,
      redactor,
      signal,
      onProgress: (text) => emit('phase', { phase: 'starting', text }),
      onExit: (exit) => {
        emit('replica.exited', exit)
        if (exit.replica === wholeStack) this.#lost.reject(runtimeLost(exit.detail))
      },
    })
    this.#stack = stack
    const doors = {
      frontDoors: Object.fromEntries(stack.services.map((s) => [s.name, s.frontDoor])),
      entry: this.scenario.stack.entry,
      proxyUrl: stack.proxyUrl,
      ...(stack.caCertificate === undefined ? {} : { caCertificate: stack.caCertificate }),
      redactor,
    }
    this.#connections = new HttpConnections(doors)
    this.#timings.startMs = this.#since(startMs)
    emit('stack.ready', {
      services: stack.services,
      proxyUrl: new URL(stack.proxyUrl).origin,
      durationMs: this.#timings.startMs,
    })
    const connections = this.#connections
    this.#actors = await signIn(
      this.scenario.actors,
      (headers, bounded) => connections.client(headers, bounded),
      { redactor, signal, onProgress: (text) => emit('phase', { phase: 'starting', text }) },
    )
    this.#sampler = this.#makeSampler(this.#connections)
    this.#sampler.start()
    await this.#startLoad(doors)
    this.#observe(stack, this.#connections)
  }

  /** True when every cell holds, so that changes may be applied. */
  async baseline(): Promise<boolean> {
    this.journal.emit('phase', {
      phase: 'baseline',
      text: `checking that all ${this.cells.length} cells work before anything is changed`,
    })
    await this.hashState('before')
    const startMs = this.#now()
    const info: WindowInfo = { id: 'baseline', kind: 'baseline' }
    await this.#watch(info, [])
    this.#timings.baselineMs = this.#since(startMs)
    this.#steadyMs = this.#now()
    const judged = this.journal.judged('baseline')
    const load = this.journal.loadJudged('baseline')
    return judged.length > 0 && [...judged, ...load].every((event) => event.judgement === 'holds')
  }

  /** Applies a change stage by stage, or injects a fault, and watches what it does. False when that broke something or could not be done: then what follows makes no sense. */
  async step(step: Step, number: number): Promise<boolean> {
    const { signal, clock } = this.#options
    const { emit } = this.journal
    await clock.sleep(Math.max(0, this.#steadyMs + (step.notBeforeMs ?? 0) - this.#now()), signal)
    if (this.interrupted) return false
    const limitMs = this.scenario.safety?.stepTimeoutMs ?? defaultStepTimeoutMs
    const bounded = () => AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
    if (step.kind === 'wait' || step.kind === 'undo') {
      return (await this.#interlude(step)) && this.#watchStep(step, `change:${number}`, true)
    }
    if (step.kind === 'fault') {
      this.#announceStage(`injecting '${step.name}'`)
      const done = await this.#stage(step, injectFault(step, this.stack, emit, bounded()))
      return done && this.#watchStep(step, `change:${number}`, step.intermittent !== true)
    }
    const replicas = this.stack.replicas.filter((replica) => replica.service === step.service)
    const stages = stagesOf(step.rollout, replicas.length)
    for (const [i, upTo] of stages.entries()) {
      const stage = stages.length > 1 ? i + 1 : undefined
      const added = replicas.slice(stages[i - 1] ?? 0, upTo)
      this.#announceStage(`applying '${step.name}' to ${added.map(({ id }) => id).join(', ')}`)
      const done = await this.#stage(step, applyToReplicas(step, added, emit, bounded()), stage)
      if (done) this.#escape.push(new EscapeRoute(step.name, added, clock))
      const window = stage === undefined ? `change:${number}` : `change:${number}:stage:${stage}`
      if (!done || !(await this.#watchStep(step, window, upTo === replicas.length, stage))) {
        return false
      }
    }
    return true
  }

  /** Applies a step, a change to the replicas named, without a window: traffic goes on, and nobody judges. False when it could not be done; the journal says why. */
  async applyUnwatched(step: Change | Fault, replicas: readonly string[]): Promise<boolean> {
    const { emit } = this.journal
    const limitMs = this.scenario.safety?.stepTimeoutMs ?? defaultStepTimeoutMs
    const bounded = AbortSignal.any([this.#options.signal, AbortSignal.timeout(limitMs)])
    if (step.kind === 'fault') {
      return this.#stage(step, injectFault(step, this.stack, emit, bounded))
    }
    const named = this.stack.replicas.filter(({ id }) => replicas.includes(id))
    return this.#stage(step, applyToReplicas(step, named, emit, bounded))
  }

  /** Undoes one step, whatever else is in force. What could not be undone is in the journal. */
  async undoUnwatched(name: string): Promise<void> {
    await this.#undoSteps([name])
  }

  /** Lets time pass, or ends an earlier step; true when that went well. */
  async #interlude(step: UndoStep | WaitStep): Promise<boolean> {
    const { signal, clock } = this.#options
    const startMs = this.#now()
    this.journal.emit('phase', { phase: 'applying', text: step.title })
    if (step.kind === 'wait') {
      await this.#unlessLost((ended) =>
        clock.sleep(step.durationMs, AbortSignal.any([signal, ended])),
      )
    } else if (!(await this.#undoSteps([step.step]))) return false
    const durationMs = this.#since(startMs)
    this.journal.emit('change.applied', {
      change: step.name,
      replicas: [],
      explain: [step.summary],
      durationMs,
    })
    return !this.interrupted
  }

  /** Undoes what these steps did, last first; false when that failed. */
  async #undoSteps(names: readonly string[]): Promise<boolean> {
    const own = this.#applied.filter(({ step }) => names.includes(step))
    const others = this.#applied.filter(({ step }) => !names.includes(step))
    this.#applied.splice(0, this.#applied.length, ...others)
    await undoAll(own, this.journal.emit, () => this.#now())
    for (const name of names) this.#inForce.delete(name)
    return !this.journal.history.some(
      (event) => event.kind === 'undo.failed' && names.includes(event.change),
    )
  }

  /** Takes back what the steps of an order did, and watches the cells recover; true when they did, so that the next order can begin. */
  async leaveOrder(order: string, number: number): Promise<boolean> {
    this.journal.emit('phase', { phase: 'undoing', text: `undoing the order ${order}` })
    const steps = this.scenario.steps.filter((step) => step.order === order)
    if (!(await this.#undoSteps(steps.map(({ name }) => name)))) return false
    const window = `recovery:${number}`
    await this.#watch({ id: window, kind: 'recovery' }, [...this.#inForce.values()].flat())
    const isWell = this.journal.judged(window).every(({ judgement }) => judgement !== 'broken')
    return isWell && !this.interrupted && !this.#isTooMuch
  }

  /** Undoes all that was applied, last first. Works after an interrupt too. */
  async undo(): Promise<void> {
    for (const result of this.#conditions.results()) this.journal.emit('safety.judged', result)
    if (this.#applied.length === 0) return
    const startMs = this.#now()
    this.journal.emit('phase', { phase: 'undoing', text: 'undoing the change' })
    await this.#closeEscapeRoutes()
    await undoAll(this.#applied, this.journal.emit, () => this.#now())
    this.#inForce.clear()
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
    await this.#watch({ id: 'recovery', kind: 'recovery' }, [])
    this.#timings.recoveryMs = this.#since(startMs)
  }

  /** Reads back what flows wrote, where the scenario says how. */
  async checkWrites(): Promise<void> {
    const { clock, signal } = this.#options
    const check = this.scenario.writes
    const connections = this.#connections
    if (!check || !connections || signal.aborted) return
    this.journal.emit('phase', {
      phase: 'recovering',
      text: `reading back ${this.#writes.records.length} writes`,
    })
    const headers = new Map(this.#actors.map((actor) => [actor.id, actor.headers]))
    const clientFor = (actor: string, bounded: AbortSignal) =>
      connections.client(headers.get(actor) ?? {}, bounded)
    const finding = await this.#writes.check(check, clientFor, clock, signal)
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

  /** Stops traffic, judges the run from its journal, tears everything down. The last event is 'run.ended'. */
  async finish(): Promise<Verdict> {
    const { emit } = this.journal
    if (this.interrupted) emit('interrupted', { signal: String(this.#options.signal.reason) })
    const faults: unknown[] = []
    await this.#attempt(faults, () => this.#load?.stop())
    await this.#attempt(faults, () => this.#sampler?.stop())
    this.#observersStop.abort()
    await this.#attempt(faults, () => Promise.all(this.#observers))
    await this.#attempt(faults, () => this.#outside?.close())
    for (const page of this.#answers.pages()) emit('answers.sampled', page)
    const finding = this.#breakage.finding(this.#now())
    if (finding) emit('status.judged', finding)
    const verdict = judgeRun(this.journal.history)
    emit('verdict.reached', { verdict })
    emit('phase', { phase: 'tearing-down', text: 'stopping everything' })
    const startMs = this.#now()
    await this.#attempt(faults, () => this.#connections?.[Symbol.asyncDispose]())
    await this.#attempt(faults, () => this.#stack?.[Symbol.asyncDispose]())
    this.#timings.teardownMs = this.#since(startMs)
    this.#timings.totalMs = round(this.#now())
    emit('run.ended', {
      verdict,
      timings: this.#timings,
      outsideRequests: this.#outside?.requests ?? 0,
    })
    if (faults.length > 0) throw faults[0]
    return verdict
  }

  readonly #countBroken = (event: JournalEvent): void => {
    if (event.kind !== 'cell.judged' || event.judgement !== 'broken') return
    if (!event.window.startsWith('change:')) return
    const { expect } = this.scenario
    const expected = expect.kind === 'reproduces' ? expect.broken : []
    if (!expected.some((selector) => selects(selector, event))) this.#unexpected += 1
  }

  /** Whether more is broken than the scenario allows: then the run ends. Written down when it is a threshold. */
  get #isTooMuch(): boolean {
    const { maxBrokenCells = Infinity } = this.scenario.safety ?? {}
    if (!this.#isStopped && this.#conditions.crossed) {
      this.#isStopped = true
      this.journal.emit('safety.judged', this.#conditions.crossed)
    }
    return this.#isStopped || this.#unexpected > maxBrokenCells
  }

  async #tooMuch(signal: AbortSignal): Promise<void> {
    while (!this.#isTooMuch && !signal.aborted) await this.#options.clock.sleep(20, signal)
  }

  async #closeEscapeRoutes(): Promise<void> {
    const closing = this.#escape.map((route) => route.close())
    this.#escape = []
    for (const checked of (await Promise.all(closing)).flat()) {
      this.journal.emit('escape.checked', checked)
    }
  }

  async #attempt(faults: unknown[], task: () => PromiseLike<unknown> | undefined): Promise<void> {
    try {
      await task()
    } catch (error) {
      faults.push(error)
    }
  }

  #makeSampler(connections: HttpConnections): Sampler {
    const { entry } = this.scenario.stack
    return new Sampler({
      cells: this.cells,
      flows: this.scenario.flows,
      actors: this.#actors,
      clientFor: (actor, signal) => connections.client(actor.headers, signal),
      entryReplicas: this.stack.replicas.flatMap(({ id, service }) =>
        service === entry ? [id] : [],
      ),
      clock: this.#options.clock,
      seed: deriveSeed(this.#options.seed, 'flows'),
      concurrency: this.#options.concurrency ?? 8,
      idlePauseMs: this.#options.idlePauseMs ?? 100,
      emit: this.journal.emit,
      answers: this.#answers,
      traces: this.#options.traces ?? false,
      ...(this.scenario.writes ? { writesOf: (cell: CellId) => this.#writes.of(cell) } : {}),
    })
  }

  async #startLoad(doors: Omit<ConstructorParameters<typeof HttpConnections>[0], 'signal'>) {
    const { load: profile } = this.scenario
    const { seed, module, signal } = this.#options
    if (profile === undefined || signal.aborted) return
    this.journal.emit('phase', { phase: 'starting', text: 'starting the load' })
    this.#load = await ScenarioLoad.start({
      ...doors,
      scenario: this.scenario,
      profile,
      actors: this.#actors,
      module,
      seed: deriveSeed(seed, 'load'),
      judgement: this.#judgement,
      emit: this.journal.emit,
    })
  }

  #observe(stack: RunningStack, connections: HttpConnections): void {
    const { clock } = this.#options
    const { signal } = this.#observersStop
    this.#outside = new OutsideObserver(stack, this.journal.emit)
    this.#links = new LinkObserver(stack, this.journal.emit, clock)
    this.#observers.push(this.#outside.run(clock, signal), this.#links.run(signal))
    const { statusPage } = this.scenario
    if (statusPage) {
      const clientFor = (bounded: AbortSignal) => connections.client({}, bounded)
      this.#observers.push(
        observeStatusPage(statusPage, clientFor, this.journal.emit, clock, signal),
      )
    }
  }

  #announceStage(text: string): void {
    this.journal.emit('phase', { phase: 'applying', text })
    this.#breakage.changeApplied(this.#now())
    this.#conditions.begin(this.#now())
  }

  /** Takes up the result of a stage that is being applied; true when all of it is in force. */
  async #stage(step: Step, result: Promise<StageResult>, stage?: number): Promise<boolean> {
    const startMs = this.#now()
    const { applied, on, explain, complete } = await this.#inTime(step, result)
    this.#applied.push(...applied)
    const durationMs = this.#since(startMs)
    this.#timings.applyMs = (this.#timings.applyMs ?? 0) + durationMs
    if (!complete) return false
    this.journal.emit('change.applied', {
      change: step.name,
      ...(stage === undefined ? {} : { stage }),
      replicas: on,
      explain,
      durationMs,
    })
    return !this.interrupted
  }

  /** Throws as soon as what runs the stack went away. The signal is aborted when the task is not waited for any more. */
  async #unlessLost<T>(task: (ended: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController()
    try {
      return await Promise.race([task(ended.signal), this.#lost.promise])
    } finally {
      ended.abort()
    }
  }

  /** The result of a step, or that it did not come. A step is told to stop first; what one that does not listen applies later is still undone. */
  async #inTime(step: Step, result: Promise<StageResult>): Promise<StageResult> {
    const limitMs = this.scenario.safety?.stepTimeoutMs ?? defaultStepTimeoutMs
    const first = await this.#unlessLost((ended) => {
      const over = this.#options.clock.sleep(limitMs + stopsWithinMs, ended)
      return Promise.race([result, over.then(() => undefined)])
    })
    if (first) return first
    void result.then(
      ({ applied }) => this.#applied.push(...applied),
      () => undefined, // it was said already that the step failed
    )
    this.journal.emit('change.failed', {
      change: step.name,
      replica: step.kind === 'change' ? step.service : 'the system',
      why: 'unreachable',
      message: `it was not done within ${limitMs} ms, and did not stop when it was told to`,
    })
    return { applied: [], on: [], explain: [], complete: false }
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
      text: `watching what '${step.name}' does to ${this.cells.length} cells`,
    })
    this.#inForce.set(
      step.name,
      step.effects.map((effect) => ({ ...effect, everywhere })),
    )
    const startMs = this.#now()
    const { expect, steps } = this.scenario
    const saidOf = (cell: CellId) => lasting(expect, steps, cell, step.name)
    await this.#watch(info, [...this.#inForce.values()].flat(), (cell) => {
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
    return goesOn && !this.interrupted && !this.#isTooMuch
  }

  async #watch(
    info: WindowInfo,
    effects: readonly EffectInForce[],
    recovering: (cell: CellId) => boolean = () => false,
  ): Promise<void> {
    const { signal, clock } = this.#options
    const sampler = this.#sampler
    if (!sampler || signal.aborted) return
    await this.#links?.enter(info.id)
    const window = new Window({
      info,
      cells: this.cells,
      effects,
      recovering,
      judgement: this.#judgement,
      emit: this.journal.emit,
      now: clock.now,
    })
    const load = this.#load?.open(
      info,
      (cell) => effects.some((effect) => selects(effect, cell)),
      info.kind === 'recovery' || this.#isUndo(info),
    )
    const ended = new AbortController()
    const until = AbortSignal.any([signal, ended.signal])
    const readings = this.#breakage.readings
    sampler.window = window
    await Promise.race([
      Promise.all([window.settled, load?.settled]).then(() =>
        this.#statusSeen(window, readings, until),
      ),
      sampler.faulted,
      ...(this.#load ? [this.#load.over] : []),
      this.#lost.promise,
      clock.sleep(this.#judgement.windowMs, until),
      this.#tooMuch(until),
    ])
    const isTooMuch = this.#isTooMuch
    ended.abort()
    sampler.window = undefined
    const over = `the window of ${this.#judgement.windowMs} ms ended`
    const stopped = this.#isStopped
      ? 'stopped, since a threshold was crossed'
      : `stopped, since ${this.#unexpected} cells broke that were not to`
    const why = signal.aborted ? 'interrupted' : isTooMuch ? stopped : over
    this.#load?.close(why)
    window.close(why)
    await this.#links?.enter(undefined)
  }

  /** The page is read some times in each window; and where it is to admit what broke in this one, it is given the time for it. */
  async #statusSeen(
    { info, openedMs }: Window,
    before: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.scenario.statusPage) return
    const { admitsWithinMs } = this.scenario.expect.statusPage ?? {}
    const isBroken =
      info.kind === 'change' &&
      this.journal.judged(info.id).some(({ judgement }) => judgement === 'broken')
    const admitUntilMs =
      isBroken && admitsWithinMs !== undefined ? openedMs + admitsWithinMs + admitSlackMs : 0
    const isWaiting = () =>
      this.#breakage.readings < before + readingsPerWindow ||
      (this.#now() < admitUntilMs && !this.#breakage.admitted)
    while (isWaiting() && !signal.aborted) await this.#options.clock.sleep(20, signal)
  }

  #isUndo({ change }: WindowInfo): boolean {
    return this.scenario.steps.some(({ kind, name }) => kind === 'undo' && name === change)
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #since(startMs: number): number {
    return round(this.#now() - startMs)
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}

function runtimeLost(detail: string): HarnessError {
  return new HarnessError('RUNTIME_UNAVAILABLE', `the run broke off: ${detail}`, {
    hint: 'start it again; what is left then is removed by itself, and by aftershock clean',
  })
}
