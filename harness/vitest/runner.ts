import { relative } from 'node:path'
import { TestRunner, inject, type CancelReason, type VitestTestRunner } from 'vitest'
import type { StackPool } from '../session/stack-pool.ts'
import type { ScenarioRun } from './scenario-run.ts'
import { isScenarioFile } from './settings.ts'

type ImportSource = Parameters<VitestTestRunner['importFile']>[1]

/** Vitest's runner, for which the default export of a `*.scenario.ts` stands for the tests of that scenario. */
export default class ScenarioRunner extends TestRunner {
  readonly #runs: ScenarioRun[] = []
  #pool: StackPool | undefined

  /** Throws INVALID_SCENARIO with all that is wrong; the file then fails before anything is started. */
  override async importFile(filepath: string, source: ImportSource): Promise<unknown> {
    const module: unknown = await super.importFile(filepath, source)
    if (source === 'collect' && isScenarioFile(filepath)) {
      // Vitest forgets all modules between loading this one and a test file. Loaded anew here, the engine shares its classes with the
      // scenario: it must know the FlowFailure that a flow throws.
      const { registerScenario } = await import('./register-scenario.ts')
      const exported = (module as { readonly default?: unknown }).default
      const file = relative(this.config.root, filepath)
      const pool = this.config.isolate ? undefined : await this.#stackPool()
      this.#runs.push(registerScenario(exported, file, inject('aftershock'), filepath, pool))
    }
    return module
  }

  /** A worker that serves several files hands a stack from one to the next; what it holds at last ends with it. */
  async #stackPool(): Promise<StackPool> {
    if (this.#pool) return this.#pool
    const { StackPool } = await import('../session/stack-pool.ts')
    const pool = (this.#pool = new StackPool())
    this.onCleanupWorkerContext?.(() => pool[Symbol.asyncDispose]())
    return pool
  }

  /** Ends what runs in the midst of a test or between two, and is no obstacle to its undo and teardown. */
  override cancel(reason: CancelReason): void {
    super.cancel(reason)
    for (const run of this.#runs) run.stop(reason)
  }
}
