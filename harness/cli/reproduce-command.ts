import { exitCodes, HarnessError, type RuntimeName, type Verdict } from '../core/index.ts'
import { Experiment, takeStepsToStay, type ExperimentOptions } from '../engine/index.ts'
import {
  Interrupts,
  exitCodeOf,
  loadScenarios,
  makeLivePage,
  performRun,
  scenarioFiles,
  selectScenarios,
  type FoundScenario,
  type RunFolder,
  say,
  warn,
} from '../session/index.ts'
import { chooseRuntime } from '../runtimes/choose-runtime.ts'
import { endBlocked } from './faults.ts'
import { loadSites } from '../fabric/site.ts'
import { genericVariants } from '../fabric/variants/index.ts'
import { LiveServer } from '../live/index.ts'
import { Bench, HandLoad, systemToAct, TraceLogs, Workbench } from '../workbench/index.ts'
import { LiveSession } from './live-session.ts'
import { openBrowser } from './open-browser.ts'
import { showProgress } from './progress.ts'
import { openHere } from './open-here.ts'

interface ReproduceOptions {
  readonly runtime?: RuntimeName
  readonly seed?: number
  readonly out?: string
  readonly open?: boolean
}

/** Traffic while somebody looks around: enough to see a change, light on the machine. */
const livePauseMs = 250

/** `aftershock reproduce`: start, baseline, apply, and stay up until told to go. */
export async function reproduceCommand(
  name: string,
  options: ReproduceOptions,
  argv: readonly string[],
): Promise<void> {
  const project = await openHere()
  const all = await loadScenarios(scenarioFiles(...project.scenarioFolders), [name], warn)
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
  const { runtime, why } = await chooseRuntime(
    options.runtime ?? project.runtime ?? 'auto',
    found.scenario,
  )
  if (why !== undefined) say(`runtime: ${runtime.name}, since ${why}\n`)
  using interrupts = new Interrupts()
  const { folder } = await performRun({
    scenario: found.scenario,
    file: found.file,
    runtime,
    args: argv,
    endBlocked,
    runsDir: project.runsFolder,
    signal: interrupts.signal,
    idlePauseMs: livePauseMs,
    drive: (scenario, given, folder) =>
      stayUp({ ...found, scenario }, given, folder, options.open ?? false),
    ...(options.out === undefined ? {} : { outDir: options.out }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  say(`Everything is stopped. The journal is in ${folder.path}\n`)
  process.exitCode = interrupts.signal.aborted
    ? exitCodeOf(String(interrupts.signal.reason))
    : exitCodes.pass
}

/** Undefined where the viewer is not built: a line on stderr says so. */
async function servePage(bench: Workbench, folder: RunFolder): Promise<LiveServer | undefined> {
  try {
    return await LiveServer.start({
      page: makeLivePage(),
      journalFile: folder.file('journal.ndjson'),
      state: () => bench.state,
      act: (action, input) => bench.actOn(action, input),
    })
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'VIEWER_MISSING') throw error
    warn(`no live page: ${error.message}; ${error.hint}`)
    return undefined
  }
}

async function stayUp(
  { scenario, file }: FoundScenario,
  options: ExperimentOptions,
  folder: RunFolder,
  open: boolean,
): Promise<Verdict> {
  const workbench = new Workbench()
  const session = new LiveSession(workbench)
  await using live = await servePage(workbench, folder)
  if (live) say(`live page: ${live.url}\n`)
  if (live && open)
    openBrowser(live.url, () => warn('no browser was found to open the live page with'))
  using progress = showProgress(process.stdout)
  const experiment = new Experiment(scenario, {
    ...options,
    listeners: [...options.listeners, progress.take, session.listen, workbench.listen],
  })
  try {
    await experiment.start()
    const isSteady = await experiment.baseline()
    if (isSteady) await takeStepsToStay(experiment)
    progress[Symbol.dispose]()
    if (!experiment.interrupted) {
      workbench.open(await benchOf(experiment, file, options, workbench))
      await session.stay(experiment, options.signal, isSteady)
    }
    await workbench.close()
    await experiment.undo()
    await experiment.hashState('after')
  } catch (error) {
    await workbench.close()
    // What was interrupted breaks off with an error of its own.
    if (experiment.interrupted) {
      await experiment.undo()
      return await experiment.finish()
    }
    // The fault that came first is the one to report.
    await experiment.undo().catch(() => undefined)
    experiment.noteFault(error)
    await experiment.finish().catch(() => undefined)
    throw error
  }
  return await experiment.finish()
}

async function benchOf(
  experiment: Experiment,
  file: string,
  options: ExperimentOptions,
  workbench: Workbench,
): Promise<Bench> {
  const { clock, redactor, seed, signal, logDir } = options
  const { stack } = experiment.scenario
  const sites = [...(await loadSites(stack.sites))].map(([host, { variants = {} }]) => ({
    host,
    variants: [...new Set([...Object.keys(genericVariants), ...Object.keys(variants)])],
  }))
  const onFault = (problem: string) => workbench.fault(problem)
  return new Bench({
    experiment,
    file,
    clock,
    redactor,
    seed,
    signal,
    system: systemToAct(stack, experiment.stack, sites),
    load: new HandLoad({ experiment, file, redactor, seed, signal, onFault }),
    logs: new TraceLogs(logDir, redactor),
  })
}
