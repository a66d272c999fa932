import {
  HarnessError,
  deriveSeed,
  wholeStack,
  type Actor,
  type CellId,
  type Emit,
  type JudgementOptions,
  type Scenario,
} from '../core/index.ts'
import { HttpConnections } from '../load/index.ts'
import type { AnswerBook } from './answer-book.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { LinkObserver } from './link-observer.ts'
import { OutsideObserver, observeStatusPage } from './observers.ts'
import type { RunningStack } from './ports.ts'
import { roundMs } from './round-ms.ts'
import { Sampler } from './sampler.ts'
import { ScenarioLoad } from './scenario-load.ts'
import { signIn } from './sign-in.ts'
import type { WriteRegister } from './write-register.ts'

export interface SystemOptions {
  readonly scenario: Scenario
  readonly cells: readonly CellId[]
  readonly judgement: JudgementOptions
  readonly run: ExperimentOptions
  readonly emit: Emit
  readonly answers: AnswerBook
  readonly writes: WriteRegister
}

/** The system of a run while it is up: its stack, the actors signed in, the traffic that they send, and those who look on. */
export class SystemUnderTest {
  readonly #options: SystemOptions
  readonly #stop = new AbortController()
  /** Rejected when what runs the stack went away: nothing more can be learnt of the system. */
  readonly #lost = Promise.withResolvers<never>()
  #stack: RunningStack | undefined
  #connections: HttpConnections | undefined
  #actors: readonly Actor[] = []
  #sampler: Sampler | undefined
  #load: ScenarioLoad | undefined
  #links: LinkObserver | undefined
  #outside: OutsideObserver | undefined
  #observers: Promise<void>[] = []

  constructor(options: SystemOptions) {
    this.#options = options
    // Heard of by whoever watches then; between windows nobody does.
    this.#lost.promise.catch(() => undefined)
  }

  get stack(): RunningStack {
    return started(this.#stack)
  }

  /** The connections that flows run over. */
  get connections(): HttpConnections {
    return started(this.#connections)
  }

  /** With the sessions that they have now. */
  get actors(): readonly Actor[] {
    return this.#actors
  }

  /** Undefined before traffic goes. */
  get sampler(): Sampler | undefined {
    return this.#sampler
  }

  /** Undefined where the scenario has none. */
  get load(): ScenarioLoad | undefined {
    return this.#load
  }

  get links(): LinkObserver | undefined {
    return this.#links
  }

  get outsideRequests(): number {
    return this.#outside?.requests ?? 0
  }

  /** Rejects when what runs the stack went away. */
  get lost(): Promise<never> {
    return this.#lost.promise
  }

  /** Throws as soon as what runs the stack went away. The signal is aborted when the task is not waited for any more. */
  readonly unlessLost = async <T>(task: (ended: AbortSignal) => Promise<T>): Promise<T> => {
    const ended = new AbortController()
    try {
      return await Promise.race([task(ended.signal), this.#lost.promise])
    } finally {
      ended.abort()
    }
  }

  /** Returns what it took, in ms. */
  async startStack(): Promise<number> {
    const { scenario, emit, run } = this.#options
    const { runtime, runId, seed, logDir, redactor, signal, clock } = run
    const startMs = clock.now()
    this.#say(`starting '${scenario.stack.name}' (${runtime.name})`)
    const stack = await runtime.start(scenario.stack, {
      runId,
      seed,
      logDir,
      redactor,
      signal,
      onProgress: (text) => this.#say(text),
      onExit: (exit) => {
        emit('replica.exited', exit)
        if (exit.replica === wholeStack) this.#lost.reject(runtimeLost(exit.detail))
      },
    })
    this.#stack = stack
    this.#connections = new HttpConnections(this.#doors(stack))
    const durationMs = roundMs(clock.now() - startMs)
    const { services, proxyUrl } = stack
    emit('stack.ready', { services, proxyUrl: new URL(proxyUrl).origin, durationMs })
    return durationMs
  }

  /** Signs the actors in, sets their traffic going, and looks on. */
  async startTraffic(): Promise<void> {
    const { scenario, run } = this.#options
    const { redactor, signal } = run
    this.#actors = await signIn(
      scenario.actors,
      (headers, bounded) => this.connections.client(headers, bounded),
      { redactor, signal, onProgress: (text) => this.#say(text) },
    )
    this.#sampler = this.#makeSampler()
    this.#sampler.start()
    await this.#startLoad()
    this.#observe()
  }

  /** What went wrong on the way; empty when nothing did. */
  stopTraffic(): Promise<unknown[]> {
    return faultsOf(
      () => this.#load?.stop(),
      () => this.#sampler?.stop(),
      () => {
        this.#stop.abort()
        return Promise.all(this.#observers)
      },
      () => this.#outside?.close(),
    )
  }

  /** Stops everything else. What went wrong on the way; empty when nothing did. */
  tearDown(): Promise<unknown[]> {
    return faultsOf(
      () => this.#connections?.[Symbol.asyncDispose](),
      () => this.#stack?.[Symbol.asyncDispose](),
    )
  }

  #doors({ services, proxyUrl, caCertificate }: RunningStack) {
    return {
      frontDoors: Object.fromEntries(services.map((s) => [s.name, s.frontDoor])),
      entry: this.#options.scenario.stack.entry,
      proxyUrl,
      ...(caCertificate === undefined ? {} : { caCertificate }),
      redactor: this.#options.run.redactor,
    }
  }

  #makeSampler(): Sampler {
    const { scenario, cells, emit, answers, writes, run } = this.#options
    const { entry } = scenario.stack
    return new Sampler({
      cells,
      flows: scenario.flows,
      actors: this.#actors,
      clientFor: (actor, signal) => this.connections.client(actor.headers, signal),
      entryReplicas: this.stack.replicas.flatMap(({ id, service }) =>
        service === entry ? [id] : [],
      ),
      clock: run.clock,
      seed: deriveSeed(run.seed, 'flows'),
      concurrency: run.concurrency ?? 8,
      idlePauseMs: run.idlePauseMs ?? 100,
      emit,
      answers,
      traces: run.traces ?? false,
      ...(scenario.writes ? { writesOf: (cell: CellId) => writes.of(cell) } : {}),
    })
  }

  async #startLoad(): Promise<void> {
    const { scenario, judgement, emit, run } = this.#options
    const { seed, module, signal, clock } = run
    if (scenario.load === undefined || signal.aborted) return
    this.#say('starting the load')
    this.#load = await ScenarioLoad.start({
      ...this.#doors(this.stack),
      scenario,
      profile: scenario.load,
      actors: this.#actors,
      module,
      seed: deriveSeed(seed, 'load'),
      judgement,
      emit,
      stack: this.stack,
      clock,
    })
  }

  #observe(): void {
    const { scenario, emit, run } = this.#options
    const { clock } = run
    const { signal } = this.#stop
    this.#outside = new OutsideObserver(this.stack, emit)
    this.#links = new LinkObserver(this.stack, emit, clock)
    this.#observers.push(this.#outside.run(clock, signal), this.#links.run(signal))
    if (scenario.statusPage) {
      const clientFor = (bounded: AbortSignal) => this.connections.client({}, bounded)
      this.#observers.push(observeStatusPage(scenario.statusPage, clientFor, emit, clock, signal))
    }
  }

  #say(text: string): void {
    this.#options.emit('phase', { phase: 'starting', text })
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stack is not started')
  return part
}

/** Each task is done, whatever becomes of those before it. */
async function faultsOf(
  ...tasks: readonly (() => PromiseLike<unknown> | undefined)[]
): Promise<unknown[]> {
  const faults: unknown[] = []
  for (const task of tasks) {
    try {
      await task()
    } catch (error) {
      faults.push(error)
    }
  }
  return faults
}

function runtimeLost(detail: string): HarnessError {
  return new HarnessError('RUNTIME_UNAVAILABLE', `the run broke off: ${detail}`, {
    hint: 'start it again; what is left then is removed by itself, and by aftershock clean',
  })
}
