import type { TestContext } from 'vitest'
import { describeError, type CellId, type Scenario } from '../core/index.ts'
import { suitesOf, type RunSuites } from '../report/junit-suites.ts'
import { chooseRuntime, needsContainers } from '../runtimes/choose-runtime.ts'
import { performRun } from '../session/perform-run.ts'
import type { StackPool } from '../session/stack-pool.ts'
import { ignoreSignals } from './ignore-signals.ts'
import { Progress, type Part } from './progress.ts'
import type { RunnerSettings } from './settings.ts'
import { shownFault } from './shown-fault.ts'

export interface FinishedRun extends RunSuites {
  /** The folder that the run left behind. */
  readonly path: string
}

/** The one run of a scenario file, shared by its tests. It starts when the first of them asks, and goes to its end whichever of them are run. */
export class ScenarioRun {
  readonly #scenario: Scenario
  readonly #settings: RunnerSettings
  readonly #path: string | undefined
  readonly #pool: StackPool | undefined
  readonly #progress = new Progress()
  readonly #stop = new AbortController()
  #running: Promise<FinishedRun> | undefined
  /** Id of the test that tells of a fault of the harness. */
  #teller: string | undefined

  constructor(scenario: Scenario, settings: RunnerSettings, path?: string, pool?: StackPool) {
    this.#scenario = scenario
    this.#settings = settings
    this.#path = path
    this.#pool = pool
  }

  /** Waits until the part, or the whole run, is over. True when the cells are known to have held in it; else `finished` knows more. */
  async heldIn(part: Part, cells: readonly CellId[]): Promise<boolean> {
    const ended = this.#run().then(
      () => undefined,
      () => undefined, // `finished` tells of it
    )
    await Promise.race([this.#progress.over(part), ended])
    return cells.every((cell) => this.#progress.held(part, cell))
  }

  /** The run when it is over. A fault of the harness is thrown in the first test that asks; others are skipped because of it. */
  async finished(ctx: TestContext): Promise<FinishedRun> {
    try {
      return await this.#run()
    } catch (error) {
      this.#teller ??= ctx.task.id
      if (this.#teller === ctx.task.id) throw shownFault(error)
      return ctx.skip(`the run ended by a fault of the harness: ${describeError(error)}`)
    }
  }

  /** Ends the run early: it still undoes and tears down. `by` names what ended it, in the journal. Does nothing after the first call. */
  stop(by: string): void {
    this.#stop.abort(by)
  }

  /** Resolves when nothing of the run is left. Throws a fault of the harness that no test told. */
  async close(): Promise<void> {
    try {
      await this.#running
    } catch (error) {
      if (this.#teller === undefined) throw shownFault(error)
    }
  }

  #run(): Promise<FinishedRun> {
    this.#running ??= this.#perform()
    return this.#running
  }

  async #perform(): Promise<FinishedRun> {
    using _ = ignoreSignals()
    const { runsDir, args } = this.#settings
    const name = needsContainers(this.#scenario) ? 'containers' : this.#settings.runtime
    const { runtime } = await chooseRuntime(name, this.#scenario)
    const { folder } = await performRun({
      scenario: this.#scenario,
      ...(this.#path === undefined ? {} : { file: this.#path }),
      runtime,
      reuse: this.#pool && { pool: this.#pool },
      args,
      runsDir,
      signal: this.#stop.signal,
      listeners: [this.#progress.take],
    })
    return { ...suitesOf(folder.model), path: folder.path }
  }
}
