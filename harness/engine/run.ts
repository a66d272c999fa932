import type { Scenario, Verdict } from '../core/index.ts'
import { Experiment } from './experiment.ts'
import type { ExperimentOptions } from './experiment-options.ts'

/** Takes the steps in their order until one breaks something. One of an order ends that order only. `taken`: steps that were taken before, in all. */
async function takeSteps(experiment: Experiment, taken = 0): Promise<void> {
  const { steps } = experiment.scenario
  let broken: string | undefined
  for (const [i, step] of steps.entries()) {
    if (experiment.interrupted) return
    if (broken !== undefined && step.order === broken) continue
    broken = undefined
    if (await experiment.step(step, taken + i + 1)) continue
    if (step.order === undefined || !(await experiment.leaveOrder(step.order, taken + i + 1)))
      return
    broken = step.order
  }
}

/** Takes the steps for somebody who looks around: not those any more that would mend what is broken, or leave nothing in force. `taken` as above. */
export async function takeStepsToStay(experiment: Experiment, taken = 0): Promise<void> {
  const { steps, expect } = experiment.scenario
  const over = expect.kind === 'reproduces' ? expect.broken.map(({ until }) => until) : []
  for (const [i, step] of steps.entries()) {
    if (experiment.interrupted) return
    const isUndo = step.kind === 'undo'
    if ((isUndo || over.includes(step.name)) && experiment.isBroken) return
    if (isUndo && steps.slice(i).every(({ kind }) => kind === 'undo' || kind === 'wait')) return
    if (!(await experiment.step(step, taken + i + 1))) return
  }
}

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
        await takeSteps(experiment)
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
    experiment.noteFault(error)
    await experiment.finish().catch(() => undefined)
    throw error
  }
  return experiment.finish()
}
