import type { Scenario, Verdict } from '../core/index.ts'
import { Experiment } from './experiment.ts'
import type { ExperimentOptions } from './experiment-options.ts'

/**
 * Runs a scenario from start to teardown, in the order of the design: baseline, each change applied and watched, undo in reverse
 * order on every way out, recovery. Outcomes of the system are in the verdict; throws HarnessError only for faults of the harness.
 */
export async function runScenario(
  scenario: Scenario,
  options: ExperimentOptions,
): Promise<Verdict> {
  const experiment = new Experiment(scenario, options)
  try {
    await experiment.start()
    if (await experiment.baseline()) {
      try {
        for (const [i, step] of scenario.steps.entries()) {
          if (experiment.interrupted || !(await experiment.step(step, i + 1))) break
        }
      } finally {
        await experiment.undo()
      }
      await (experiment.interrupted ? experiment.hashState('after') : experiment.recover())
      await experiment.checkWrites()
    } else {
      await experiment.hashState('after')
    }
  } catch (error) {
    // What was interrupted breaks off with an error of its own; the verdict says that it was interrupted.
    if (experiment.interrupted) return experiment.finish()
    // The fault that came first is the one to report; what goes wrong while cleaning up after it only follows from it.
    await experiment.finish().catch(() => undefined)
    throw error
  }
  return experiment.finish()
}
