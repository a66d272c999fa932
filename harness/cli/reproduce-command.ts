import { exitCodes, HarnessError, type Scenario, type Verdict } from '../core/index.ts'
import { Experiment, type ExperimentOptions } from '../engine/index.ts'
import {
  Interrupts,
  exitCodeOf,
  loadScenarios,
  performRun,
  scenarioFiles,
  selectScenarios,
} from '../session/index.ts'
import { chooseRuntime, type RuntimeName } from '../runtimes/choose-runtime.ts'
import { warn } from './faults.ts'
import { LiveSession } from './live-session.ts'
import { showProgress } from './progress.ts'

interface ReproduceOptions {
  readonly runtime: RuntimeName
  readonly seed?: number
  readonly out?: string
}

/** Traffic while somebody looks around: enough to see a change, light on the machine. */
const livePauseMs = 250

/** `aftershock reproduce`: start, baseline, apply, and stay up until told to go. */
export async function reproduceCommand(
  name: string,
  options: ReproduceOptions,
  argv: readonly string[],
): Promise<void> {
  const all = await loadScenarios(scenarioFiles(process.cwd()), [name], warn)
  const [found, ...others] = selectScenarios(all, [name])
  if (!found || others.length > 0) {
    const ids = [found, ...others].flatMap((one) => (one ? [one.scenario.id] : []))
    throw new HarnessError(
      'USAGE',
      `'${name}' matches ${ids.length} scenarios: ${ids.join(', ')}`,
      {
        hint: 'name one of them in full',
      },
    )
  }
  const { runtime, why } = await chooseRuntime(options.runtime, found.scenario)
  if (why !== undefined) process.stdout.write(`runtime: ${runtime.name}, since ${why}\n`)
  using interrupts = new Interrupts()
  const progress = showProgress(process.stdout)
  const { folder } = await performRun({
    scenario: found.scenario,
    runtime,
    args: argv,
    signal: interrupts.signal,
    listeners: [progress.take],
    idlePauseMs: livePauseMs,
    drive: (scenario, given) => stayUp(scenario, given, () => progress[Symbol.dispose]()),
    ...(options.out === undefined ? {} : { outDir: options.out }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  }).finally(() => progress[Symbol.dispose]())
  process.stdout.write(`Everything is stopped. The journal is in ${folder.path}\n`)
  process.exitCode = interrupts.signal.aborted
    ? exitCodeOf(String(interrupts.signal.reason))
    : exitCodes.pass
}

async function stayUp(
  scenario: Scenario,
  options: ExperimentOptions,
  endProgress: () => void,
): Promise<Verdict> {
  const samples = new LiveSession(scenario)
  const experiment = new Experiment(scenario, {
    ...options,
    listeners: [...options.listeners, samples.listen],
  })
  try {
    await experiment.start()
    const isSteady = await experiment.baseline()
    if (isSteady) {
      for (const [i, step] of scenario.steps.entries()) {
        if (experiment.interrupted || !(await experiment.step(step, i + 1))) break
      }
    }
    endProgress()
    if (!experiment.interrupted) await samples.stay(experiment, options.signal, isSteady)
    await experiment.undo()
    await experiment.hashState('after')
  } catch (error) {
    // What was interrupted breaks off with an error of its own.
    if (experiment.interrupted) {
      await experiment.undo()
      return experiment.finish()
    }
    // The fault that came first is the one to report.
    await experiment.undo().catch(() => undefined)
    await experiment.finish().catch(() => undefined)
    throw error
  }
  return experiment.finish()
}
