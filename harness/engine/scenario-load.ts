import {
  HarnessError,
  cellKey,
  type Actor,
  type CellId,
  type Emit,
  type JudgementOptions,
  type LoadProfile,
  type Redactor,
  type Scenario,
  type WindowInfo,
} from '../core/index.ts'
import {
  cellsOfMix,
  lastingProfile,
  steadyAfterMs,
  runEmbeddedLoad,
  type LiveLoad,
  type LoadRequest,
  type LoadResult,
} from '../load/index.ts'
import { CarrierWatch, withProblems } from './carrier-watch.ts'
import { loadJudgementOf } from './judgement-of.ts'
import { LoadWindow } from './load-window.ts'
import type { Clock, RunningStack } from './ports.ts'
import { stagesOf } from './rollout.ts'

type Doors = Pick<LoadRequest, 'frontDoors' | 'entry' | 'proxyUrl' | 'caCertificate'>

export interface ScenarioLoadOptions extends Doors {
  readonly scenario: Scenario
  readonly profile: LoadProfile
  /** With their sessions. */
  readonly actors: readonly Actor[]
  readonly module: string | undefined
  readonly redactor: Redactor
  readonly seed: number
  readonly judgement: JudgementOptions
  readonly emit: Emit
  readonly stack: RunningStack
  readonly clock: Clock
}

const lookEveryMs = 100

/** Cells that a profile puts under load. */
export function cellsUnderLoad(scenario: Pick<Scenario, 'flows' | 'actors'>, profile: LoadProfile) {
  const all = Object.values(profile.executors).flatMap(({ mix }) =>
    cellsOfMix(mix ?? profile.mix, scenario),
  )
  const cells = new Map(all.map(({ flow, actor }) => [cellKey({ flow, actor }), { flow, actor }]))
  return [...cells.values()]
}

/** The load that goes on beside the cells of a scenario, from the baseline to the end, judged window by window. */
export class ScenarioLoad {
  readonly #options: ScenarioLoadOptions
  readonly #cells: readonly CellId[]
  readonly #stop = new AbortController()
  readonly #result: Promise<LoadResult>
  /** Resolves when the load is over, by itself or by a fault: then nothing more can be learnt from it. */
  readonly over: Promise<void>
  #whyOver: string | undefined
  #live: LiveLoad | undefined
  #carrier: CarrierWatch | undefined
  #window: LoadWindow | undefined
  #baseline: LoadWindow | undefined
  #looking: NodeJS.Timeout | undefined

  private constructor(options: ScenarioLoadOptions, onStart: (live: LiveLoad) => void) {
    const {
      scenario,
      module,
      judgement: _,
      emit,
      stack: __,
      clock: ___,
      profile,
      ...request
    } = options
    this.#options = options
    this.#cells = cellsUnderLoad(scenario, profile)
    this.#result = runEmbeddedLoad({
      ...request,
      flows: scenario.flows,
      profile: lastingProfile(profile),
      nth: 1,
      ...(module === undefined ? {} : { module }),
      signal: this.#stop.signal,
      onStart,
      onSecond: (second) => emit('load.second', second),
    })
    this.over = this.#result.then(
      ({ abortedBy }) => this.#overBy(abortedBy),
      () => {
        // `stop` throws it
        this.#whyOver = 'the load broke off'
      },
    )
  }

  /** Resolves once flows are started. Throws HarnessError LOAD_FAILED. */
  static async start(options: ScenarioLoadOptions): Promise<ScenarioLoad> {
    const started = Promise.withResolvers<LiveLoad>()
    const load = new ScenarioLoad(options, started.resolve)
    const live = await Promise.race([started.promise, load.over])
    if (!live) {
      await load.#result
      throw new HarnessError('LOAD_FAILED', 'the load ended before it began')
    }
    load.#follow(live)
    return load
  }

  /** Undefined while it goes on. */
  get whyOver(): string | undefined {
    return this.#whyOver
  }

  /** Opens a window; `isExcused` says which cells a step in force is declared to alter, so that nothing is said of them. */
  open(info: WindowInfo, isExcused: (cell: CellId) => boolean, isRecovering: boolean): LoadWindow {
    const live = this.#live as LiveLoad
    const options = { ...this.#options.judgement, ...loadJudgementOf(this.#options.scenario) }
    const isBaseline = info.kind === 'baseline'
    const elapsedMs = live.elapsed()
    // What is compared with it is the load that goes on, and not one that still rises.
    const steadyMs = steadyAfterMs(this.#options.profile) + options.warmUpMs
    const fromMs = isBaseline ? Math.max(elapsedMs, steadyMs) : elapsedMs
    live.metrics.openWindow(info.id, fromMs, info.change)
    const window = new LoadWindow({
      id: info.id,
      kind: isBaseline ? 'baseline' : isRecovering ? 'recovery' : 'change',
      cells: this.#cells.filter((cell) => !isExcused(cell)),
      comparisons: this.#cells.length * windowsOfChanges(this.#options.scenario),
      options,
      baselineOf: (cell) => this.#baseline?.seenOf(cell),
      emit: this.#options.emit,
      fromMs,
      elapsed: live.elapsed,
      oldestOf: (cell) => live.metrics.oldestOf(cell),
    })
    if (isBaseline) this.#baseline = window
    this.#window = window
    return window
  }

  /** Ends the open window: what is not judged by now is undecided. */
  close(note: string): void {
    const live = this.#live
    if (!live || !this.#window) return
    live.metrics.openWindow('transition', live.elapsed())
    this.#window.close(note)
    this.#window = undefined
  }

  /** Ends the load and writes down what it came to. Throws what went wrong inside of the harness, or of a flow. */
  async stop(): Promise<void> {
    clearInterval(this.#looking)
    this.#stop.abort()
    const carrier = (await this.#carrier?.end()) ?? []
    const { metrics, durationMs, thresholds, selfCheck, abortedBy } = await this.#result
    const requests = metrics.requests()
    this.#options.emit('load.summary', {
      durationMs,
      cells: metrics.cells(),
      thresholds,
      selfCheck: withProblems(selfCheck, carrier),
      ...(abortedBy === undefined ? {} : { abortedBy }),
      cut: metrics.cut,
      ...(requests === undefined ? {} : { requests }),
      examples: metrics.examples,
    })
  }

  #overBy(threshold: string | undefined): void {
    this.#whyOver = 'the load was over'
    if (threshold === undefined) return
    this.#whyOver = `the threshold ${threshold} ended the load`
    this.#options.emit('phase', { phase: 'watching', text: this.#whyOver })
  }

  #follow(live: LiveLoad): void {
    this.#live = live
    this.#carrier = new CarrierWatch(this.#options.stack, this.#options.clock)
    live.metrics.openWindow('transition', -Infinity)
    live.metrics.onSample = (sample) => this.#window?.take(sample)
    this.#looking = setInterval(() => this.#window?.look(), lookEveryMs)
  }
}

/** How many windows there are in which something may be called broken or slower. */
function windowsOfChanges({ steps, stack }: Scenario): number {
  return steps.reduce((sum, step) => {
    if (step.kind !== 'change') return sum + 1
    const service = stack.services.find(({ name }) => name === step.service)
    return sum + stagesOf(step.rollout, service?.replicas ?? 1).length
  }, 0)
}
