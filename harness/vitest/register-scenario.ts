import { relative } from 'node:path'
import { afterAll, describe, test, type TestContext } from 'vitest'
import { cellsOf, selects, type CellId, type Step, type Scenario } from '../core/index.ts'
import { assertValid } from '../engine/index.ts'
import { undoCheck, type Suite } from '../report/junit-suites.ts'
import type { StackPool } from '../session/stack-pool.ts'
import { checkResult, demonstrationResult, settle, windowResult } from './results.ts'
import { ScenarioRun, type FinishedRun } from './scenario-run.ts'
import type { RunnerSettings } from './settings.ts'
import { shownFault } from './shown-fault.ts'
import { timeoutFor } from './timeout.ts'

/**
 * Declares the tests of a scenario, which is what `file` exports. Nothing is started before the first of them runs. Throws
 * INVALID_SCENARIO with everything that is wrong with it.
 */
export function registerScenario(
  exported: unknown,
  file: string,
  settings: RunnerSettings,
  /** Absolute: threads of load take its flows from there. */
  path?: string,
  pool?: StackPool,
): ScenarioRun {
  const scenario = validated(exported, file)
  const run = new ScenarioRun(scenario, settings, path, pool)
  const timeout = settings.timeoutMs ?? timeoutFor(scenario)
  // The engine runs once a file, so another try of a test would see the same.
  describe(scenario.title, { timeout, retry: 0 }, () => {
    if (scenario.demonstrates) declareDemonstration(run, scenario.demonstrates)
    else declareParts(run, scenario)
    // Tests that timed out or were cancelled are left behind: the file ends when its run does.
    afterAll(() => run.close(), timeout)
  })
  return run
}

function validated(exported: unknown, file: string): Scenario {
  try {
    assertValid(exported, file)
    return exported
  } catch (error) {
    throw shownFault(error)
  }
}

function declareDemonstration(run: ScenarioRun, wanted: 'fail' | 'inconclusive'): void {
  declare(run, `is judged ${wanted}`, async (ctx) => {
    const finished = await run.finished(ctx)
    settle(ctx, demonstrationResult(finished, wanted), leftBy(finished))
  })
}

function declareParts(run: ScenarioRun, scenario: Scenario): void {
  const cells = cellsOf(scenario)
  declare(run, 'baseline: every cell works', async (ctx) => {
    if (await run.heldIn('baseline', cells)) return
    settle(ctx, windowResult(suiteAt(await run.finished(ctx), 0)))
  })
  for (const [i, step] of scenario.steps.entries()) declareStep(run, scenario, step, i + 1)
  declare(run, 'undo: the configuration is what it was', async (ctx) => {
    const finished = await run.finished(ctx)
    const { changes } = finished.summary
    if (changes.every(({ replicas, refused }) => replicas.length === 0 && refused === undefined)) {
      ctx.skip('no change was applied, so nothing had to be undone')
    }
    settle(ctx, checkResult(finished, undoCheck))
  })
  declare(run, 'recovery: every cell works again', async (ctx) => {
    if (await run.heldIn('recovery', cells)) return
    settle(ctx, windowResult(suiteAt(await run.finished(ctx), -2)))
  })
  declare(run, 'verdict', async (ctx) => {
    const finished = await run.finished(ctx)
    settle(ctx, checkResult(finished, 'verdict'), leftBy(finished))
  })
}

function declareStep(run: ScenarioRun, scenario: Scenario, step: Step, place: number): void {
  const flows = new Map(scenario.flows.map(({ id, title }) => [id, title]))
  const actors = new Map(scenario.actors.map(({ id, title }) => [id, title]))
  describe(step.title, () => {
    for (const [i, cell] of cellsOf(scenario).entries()) {
      declare(run, `${flows.get(cell.flow)} as ${actors.get(cell.actor)}`, async (ctx) => {
        const held = await run.heldIn(`change ${step.name}`, [cell])
        if (held && !isToBreak(scenario, cell)) return
        const testcase = suiteAt(await run.finished(ctx), place).testcases[i]
        if (!testcase) throw new Error(`the report does not speak of cell ${i + 1}`)
        settle(ctx, testcase.result)
      })
    }
  })
}

function isToBreak({ expect }: Scenario, cell: CellId): boolean {
  return expect.kind === 'reproduces' && expect.broken.some((selector) => selects(selector, cell))
}

function declare(run: ScenarioRun, name: string, check: (ctx: TestContext) => Promise<void>): void {
  test(name, async (ctx) => {
    ctx.signal.addEventListener('abort', () => run.stop(whatAborted(ctx)), { once: true })
    await check(ctx)
  })
}

/** Vitest aborts a test when it times out, or when the whole run is cancelled; then its error carries the reason that was given. */
function whatAborted({ signal, task }: TestContext): string {
  const error: unknown = signal.reason
  return error instanceof Error && 'reason' in error
    ? String(error.reason)
    : `the timeout of ${task.timeout} ms`
}

/** Baseline first, then each change, then recovery and the verdict. */
function suiteAt({ suites }: FinishedRun, place: number): Suite {
  const suite = suites.at(place)
  if (!suite) throw new Error(`the report has no suite ${place}`)
  return suite
}

function leftBy({ path }: FinishedRun): string {
  return `\njournal, summary and logs: ${relative(process.cwd(), path)}`
}
