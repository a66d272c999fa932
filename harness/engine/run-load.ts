import {
  HarnessError,
  actorsName,
  addLinkCounts,
  amplificationOf,
  cellKey,
  combine,
  describeError,
  fail,
  inconclusive,
  linkCountsSince,
  pass,
  type Actor,
  type Emit,
  type LinkCount,
  type LoadFigures,
  type LoadLink,
  type LoadProfile,
  type LoadTest,
  type Scenario,
  type Verdict,
} from '../core/index.ts'
import {
  checkAmplification,
  defaultJudgement,
  judgeOutside,
  checkLeaks,
  findLeaks,
  judgeRegression,
  judgeRun,
  unlessHandlersFailed,
} from '../judge/index.ts'
import {
  HttpConnections,
  judgeLoad,
  judgeReached,
  runEmbeddedLoad,
  unreachedText,
  type LoadRequest,
  type LoadResult,
} from '../load/index.ts'
import { announcement } from './announcement.ts'
import { CarrierWatch, withProblems } from './carrier-watch.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { Journal } from './journal.ts'
import { LinkObserver } from './link-observer.ts'
import { LoadFiguresTaker, profileText } from './load-figures.ts'
import { OutsideObserver } from './observers.ts'
import type { Clock, RunningStack } from './ports.ts'
import { roundMs } from './round-ms.ts'
import { runFailed } from './run-failed.ts'
import { observeResources } from './resource-observer.ts'
import { cellsUnderLoad } from './scenario-load.ts'
import { searchOnStack } from './search-on-stack.ts'
import { signIn } from './sign-in.ts'

/** The fabric tells what it counted. */
const countedWithinMs = 2_000

/** A load test as a scenario without steps, for its journal. */
export function scenarioOf(test: LoadTest): Scenario {
  return {
    id: test.id,
    title: test.title,
    ...(test.description === undefined ? {} : { description: test.description }),
    stack: test.stack,
    actors: test.actors,
    flows: test.flows,
    steps: [],
    expect: { kind: 'holds' },
    ...(test.allowOutside === undefined ? {} : { allowOutside: test.allowOutside }),
    ...(test.amplification === undefined ? {} : { amplification: test.amplification }),
    ...(test.seed === undefined ? {} : { seed: test.seed }),
  }
}

/** Starts the stack, runs the load over its front doors, and judges its thresholds and what was asked of the outside. Everything is torn down when it returns. `module` is the URL of the file. */
export async function runLoadTest(
  test: LoadTest,
  module: string,
  options: ExperimentOptions,
  engine: LoadEngine = runEmbeddedLoad,
): Promise<Verdict> {
  const journal = new Journal(options.clock, options.redactor, options.listeners)
  const { emit } = journal
  const { signal, clock } = options
  const announced = announcement(scenarioOf(test), defaultJudgement, options)
  const loaded = new Set(cellsUnderLoad(test, test.profile).map(cellKey))
  const cells = announced.cells.filter((cell) => loaded.has(cellKey(cell)))
  emit('run.started', { ...announced, cells, loadTest: true })
  emit('phase', { phase: 'starting', text: `starting '${test.stack.name}'` })
  const died: string[] = []
  let verdict: Verdict
  let startMs: number | undefined
  let outside: OutsideObserver | undefined
  const end = (verdict: Verdict) => {
    signal.removeEventListener('abort', noteInterrupt)
    emit('verdict.reached', { verdict })
    const started = startMs === undefined ? {} : { startMs }
    const timings = { ...started, totalMs: roundMs(clock.now()) }
    emit('run.ended', { verdict, timings, outsideRequests: outside?.requests ?? 0 })
    return verdict
  }
  const noteInterrupt = () => emit('interrupted', { signal: String(signal.reason) })
  signal.addEventListener('abort', noteInterrupt, { once: true })
  if (signal.aborted) noteInterrupt()
  try {
    await using stack = await options.runtime.start(test.stack, {
      runId: options.runId,
      seed: options.seed,
      logDir: options.logDir,
      redactor: options.redactor,
      signal,
      onProgress: (text) => emit('phase', { phase: 'starting', text }),
      onExit: (exit) => {
        died.push(`${exit.replica}: ${exit.detail}`)
        emit('replica.exited', exit)
      },
    })
    startMs = roundMs(clock.now())
    const { services, proxyUrl } = stack
    emit('stack.ready', { services, proxyUrl: new URL(proxyUrl).origin, durationMs: startMs })
    const observer = new OutsideObserver(stack, emit)
    outside = observer
    const links = new LinkObserver(stack, emit, clock)
    const judged = await whileObserved(stack, emit, observer, links, clock, async () => {
      const load = await LoadOnStack.prepare(test, module, stack, options, journal, engine)
      // Without their sessions other users would be measured than those of the test.
      if (load.refused.length > 0) {
        return inconclusive({ code: 'no-data', message: `no load: ${load.refused.join('; ')}` })
      }
      return test.breakpoint ? load.search(test.breakpoint) : load.once()
    })
    verdict = combine([
      judged,
      judgeOutside(journal.history),
      checkAmplification(journal.history),
      judgeLeaks(test, journal),
    ])
    emit('phase', { phase: 'tearing-down', text: 'stopping everything' })
  } catch (error) {
    if (!signal.aborted) {
      emit('run.failed', runFailed(error))
      end(judgeRun(journal.history))
      throw error
    }
    if (error instanceof HarnessError && error.code === 'LOAD_FAILED') {
      emit('phase', { phase: 'tearing-down', text: describeError(error) })
    }
    verdict = pass
  }
  if (signal.aborted) {
    verdict = inconclusive({ code: 'interrupted', message: 'the load was interrupted' })
  } else if (died.length > 0) {
    verdict = fail({
      code: 'replica-died',
      message: `a replica ended under load: ${died.join('; ')}`,
    })
  }
  return end(unlessHandlersFailed(journal.history, verdict))
}

/** What is asked of the outside meanwhile is in the journal when this resolves. */
async function whileObserved<T>(
  stack: RunningStack,
  emit: Emit,
  outside: OutsideObserver,
  links: LinkObserver,
  clock: Clock,
  task: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const observing = Promise.all([
    outside.run(clock, stop.signal),
    links.run(stop.signal),
    observeResources(stack, emit, clock, stop.signal),
  ])
  try {
    return await task()
  } finally {
    stop.abort()
    await observing
    await outside.close()
  }
}

/** What makes the traffic: the embedded engine, or a k6. */
export type LoadEngine = (
  request: LoadRequest & { readonly module: string; readonly scratchDir: string },
) => Promise<LoadResult>

/** What grew steadily; a failure only where the test says that nothing may. */
function judgeLeaks({ leaks }: LoadTest, { emit, history }: Journal): Verdict {
  const findings = findLeaks(history, leaks)
  if (findings.length > 0) emit('leaks.judged', { findings })
  return leaks === undefined ? pass : checkLeaks(findings)
}

class LoadOnStack {
  /** Why actors of the load have no session. */
  readonly refused: readonly string[]
  readonly #test: LoadTest
  readonly #module: string
  readonly #stack: RunningStack
  readonly #options: ExperimentOptions
  readonly #journal: Journal
  readonly #actors: readonly Actor[]
  readonly #engine: LoadEngine
  #loads = 0

  private constructor(
    test: LoadTest,
    module: string,
    stack: RunningStack,
    options: ExperimentOptions,
    journal: Journal,
    actors: readonly Actor[],
    engine: LoadEngine,
    refused: readonly string[],
  ) {
    this.refused = refused
    this.#test = test
    this.#module = module
    this.#stack = stack
    this.#options = options
    this.#journal = journal
    this.#actors = actors
    this.#engine = engine
  }

  static async prepare(
    test: LoadTest,
    module: string,
    stack: RunningStack,
    options: ExperimentOptions,
    journal: Journal,
    engine: LoadEngine,
  ): Promise<LoadOnStack> {
    const { redactor, signal } = options
    await using connections = new HttpConnections({ ...doorsOf(test, stack), redactor })
    const acting = new Set(cellsUnderLoad(test, test.profile).map(({ actor }) => actor))
    const refused: string[] = []
    const actors = await signIn(test.actors, (headers, s) => connections.client(headers, s), {
      redactor,
      signal,
      onProgress: (text) => journal.emit('phase', { phase: 'starting', text }),
      onRefused: ({ id }, why) => {
        if (acting.has(id)) refused.push(why)
      },
    })
    return new LoadOnStack(test, module, stack, options, journal, actors, engine, refused)
  }

  async once(): Promise<Verdict> {
    const figures = new LoadFiguresTaker()
    const result = await this.#run(this.#test.profile, {}, figures)
    return combine([judgeLoad(result), judgeReached(result), this.#compared(figures, result)])
  }

  /** Keeps what was measured, and compares it with the baseline where there is one. */
  #compared(taker: LoadFiguresTaker, { durationMs, selfCheck, metrics }: LoadResult): Verdict {
    const { runId, runtime, machine, loadBaseline } = this.#options
    const cells = taker.cells(durationMs)
    const figures: LoadFigures = {
      test: this.#test.id,
      run: runId,
      runtime: runtime.name,
      machine: machine ?? 'unknown',
      profile: profileText(this.#test.profile),
      durationMs,
      dropped: metrics.read('dropped_iterations', {}, { kind: 'count' }) ?? 0,
      cut: metrics.cut,
      overdue: metrics.overdue('iterations', {}),
      cells,
    }
    if (cells.length > 0) this.#journal.emit('load.figures', figures)
    if (!loadBaseline || this.#options.signal.aborted) return pass
    const { findings, verdict } = judgeRegression(
      loadBaseline,
      figures,
      this.#test.regression,
      !selfCheck.ok,
    )
    for (const finding of findings) this.#journal.emit('load.judged', finding)
    return verdict
  }

  search(search: NonNullable<LoadTest['breakpoint']>): Promise<Verdict> {
    return searchOnStack(search, {
      profile: this.#test.profile,
      run: (profile, at) => this.#run(profile, at),
      counted: () => this.#counted(),
      emit: this.#journal.emit,
      now: () => this.#options.clock.now(),
      signal: this.#options.signal,
    })
  }

  /** What passed through links so far; nothing where that cannot be read. */
  async #counted(): Promise<readonly LinkCount[]> {
    const { signal } = this.#options
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(countedWithinMs)])
    const counts = (await this.#stack.counted?.(bounded).catch(() => [])) ?? []
    const services = new Map(this.#stack.replicas.map(({ id, service }) => [id, service]))
    const named = counts.map((one) => ({
      ...one,
      from: one.from === 'actor' ? actorsName : (services.get(one.from) ?? one.from),
    }))
    return addLinkCounts(named)
  }

  async #run(
    profile: LoadProfile,
    { rate, isProbe = false }: { readonly rate?: number; readonly isProbe?: boolean },
    taker?: LoadFiguresTaker,
  ): Promise<LoadResult> {
    const { emit } = this.#journal
    const { redactor, seed, signal } = this.#options
    const text = isProbe
      ? `waiting until ${rate} flows per second hold again`
      : rate === undefined
        ? 'under load'
        : `trying ${rate} flows per second`
    emit('phase', { phase: 'watching', text })
    const before = await this.#counted()
    await using watch = new CarrierWatch(this.#stack, this.#options.clock)
    const measured = await this.#engine({
      ...doorsOf(this.#test, this.#stack),
      profile,
      flows: this.#test.flows,
      actors: this.#actors,
      module: this.#module,
      scratchDir: this.#stack.scratchDir,
      redactor,
      seed,
      nth: this.#loads++,
      signal,
      onStart: ({ metrics }) => {
        watch.begin()
        taker?.follow(metrics)
      },
      onSecond: (second) => emit('load.second', second),
    })
    const result = { ...measured, selfCheck: withProblems(measured.selfCheck, await watch.end()) }
    if (isProbe) return result
    const { metrics, durationMs, thresholds, selfCheck, abortedBy } = result
    const unreached = unreachedText(result)
    const requests = metrics.requests()
    const links = linkCountsSince(before, await this.#counted())
    emit('load.summary', {
      durationMs,
      ...(rate === undefined ? {} : { rate }),
      cells: metrics.cells(),
      thresholds,
      selfCheck,
      ...(abortedBy === undefined ? {} : { abortedBy }),
      ...(signal.aborted ? { interrupted: true } : {}),
      ...(unreached === undefined ? {} : { unreached }),
      cut: metrics.cut,
      ...(requests === undefined ? {} : { requests }),
      links: links.map((link) => underLoad(link, links)),
      examples: metrics.examples,
    })
    return result
  }
}

function underLoad({ from, to, requests }: LinkCount, all: readonly LinkCount[]): LoadLink {
  const { factor } = amplificationOf(all, { link: { from, to } })
  return { from, to, requests, ...(factor === undefined ? {} : { amplification: factor }) }
}

function doorsOf(test: LoadTest, stack: RunningStack) {
  return {
    frontDoors: Object.fromEntries(stack.services.map((s) => [s.name, s.frontDoor])),
    entry: test.stack.entry,
    proxyUrl: stack.proxyUrl,
    ...(stack.caCertificate === undefined ? {} : { caCertificate: stack.caCertificate }),
  }
}
