import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import {
  HarnessError,
  exitCodes,
  formatReason,
  reasonsOf,
  type LoadFigures,
  type LoadTest,
  type RuntimeName,
  type Verdict,
} from '../core/index.ts'
import { runLoadTest, scenarioOf } from '../engine/index.ts'
import { foldLine, isLoadEnd, renderLoadTest, type LoadEnd } from '../report/index.ts'
import {
  Interrupts,
  exitCodeOf,
  findLoadTest,
  performRun,
  readLoadBaseline,
  writeLoadBaseline,
  say,
  sayAside,
} from '../session/index.ts'
import { chooseRuntime } from '../runtimes/choose-runtime.ts'
import { runK6Load } from '../load/index.ts'
import { chooseK6 } from '../runtimes/k6/choose-k6.ts'
import { exportLoad, scriptFor, type ExportKind } from './export-load.ts'
import { baselinesDirectory } from './figures-of.ts'
import { endBlocked } from './faults.ts'
import { openHere } from './open-here.ts'
import { noProgress, showProgress } from './progress.ts'
import { refuseIgnored } from './refuse-ignored.ts'
import { renderOptionsFor } from './screen.ts'

interface LoadOptions {
  readonly runtime?: RuntimeName
  readonly seed?: number
  readonly out?: string
  readonly json: boolean
  readonly loadEngine: LoadEngineName
  readonly export?: ExportKind
  readonly parallelism?: number
  /** Compared with the file named, or with the one that is kept for this test. */
  readonly baseline?: string | true
  /** Written when the load passes. */
  readonly updateBaseline?: string | true
}

export const loadEngineNames = ['embedded', 'k6'] as const
type LoadEngineName = (typeof loadEngineNames)[number]

/** `aftershock load`: one load test; the exit code is that of its verdict. Leaves `load.json` in the folder of the run as well. */
export async function loadCommand(
  name: string,
  options: LoadOptions,
  argv: readonly string[],
): Promise<void> {
  const project = await openHere()
  const { test, module } = await findLoadTest(process.cwd(), name, project.scenarioFolders)
  if (options.export !== 'k6-operator') {
    refuseIgnored({ '--parallelism': options.parallelism }, 'is for --export k6-operator alone')
  }
  if (options.export !== undefined) {
    const { baseline, updateBaseline, json } = options
    refuseIgnored(
      { '--baseline': baseline, '--update-baseline': updateBaseline, '--json': json },
      'says nothing to --export, which runs nothing',
    )
  }
  if (options.export !== undefined) return exportLoad(test, module, options.export, options)
  const fileOf = (given: string | true) =>
    given === true ? join(baselinesDirectory, `${test.id}.load.json`) : given
  const { baseline, updateBaseline } = options
  if (baseline !== undefined || updateBaseline !== undefined) refuseBaseline(test, options)
  const loadBaseline = baseline === undefined ? undefined : readLoadBaseline(fileOf(baseline))
  const isByK6 = options.loadEngine === 'k6'
  // Before anything starts: it says what k6 cannot do of this.
  if (isByK6) await scriptFor(test, module)
  const scenario = scenarioOf(test)
  const { runtime, why } = await chooseRuntime(
    options.runtime ?? project.runtime ?? 'auto',
    scenario,
  )
  const tell = (text: string) => {
    if (!options.json) say(`${text}\n`)
  }
  if (why !== undefined) tell(`runtime: ${runtime.name}, since ${why}`)
  const k6 = isByK6 ? await chooseK6() : undefined
  if (k6) tell(`load by ${k6.name}`)
  using interrupts = new Interrupts((signal) =>
    sayAside(`\n${signal}: tearing down; a second one ends at once\n`),
  )
  const progress = options.json ? noProgress : showProgress(process.stdout)
  const ends: LoadEnd[] = []
  let figures: LoadFigures | undefined
  const { verdict, folder } = await performRun({
    scenario,
    runtime,
    args: argv,
    endBlocked,
    runsDir: project.runsFolder,
    signal: interrupts.signal,
    listeners: [
      (event) => {
        progress.take(event)
        if (event.kind === 'load.figures') figures = event
        if (isLoadEnd(event)) ends.push(event)
      },
    ],
    drive: async (_scenario, run) => {
      const compared = loadBaseline === undefined ? {} : { loadBaseline }
      const given = { ...run, machine: machineText(), ...compared }
      if (!k6) return runLoadTest(test, module, given)
      const { runId, logDir } = given
      const own = { program: k6, runId: `${runId}-k6`, log: join(logDir, 'k6.log') }
      return runLoadTest(test, module, given, (request) => runK6Load({ ...request, ...own }))
    },
    ...(options.out === undefined ? {} : { outDir: options.out }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  }).finally(() => progress[Symbol.dispose]())
  const result = { test: test.id, verdict, loads: ends }
  writeFileSync(join(folder.path, 'load.json'), `${JSON.stringify(result, null, 2)}\n`)
  const { width } = renderOptionsFor(process.stdout)
  if (ends.length > 0) tell(`\n${renderLoadTest(ends, width)}`)
  tell(
    `\n${foldLine(`${verdict.kind.toUpperCase()}  ${test.id}: ${test.title}`, width).join('\n')}`,
  )
  for (const reason of reasonsOf(verdict)) {
    tell(foldLine(`  ${formatReason(reason)}`, width).join('\n'))
  }
  if (updateBaseline !== undefined) tell(keepBaseline(fileOf(updateBaseline), figures, verdict))
  tell(`journal and figures: ${folder.path}`)
  if (options.json) say(`${JSON.stringify(result)}\n`)
  process.exitCode = interrupts.signal.aborted
    ? exitCodeOf(String(interrupts.signal.reason))
    : exitCodes[verdict.kind]
}

/** Throws HarnessError USAGE where nothing can be compared. */
function refuseBaseline({ id, breakpoint }: LoadTest, { loadEngine }: LoadOptions): void {
  const why = breakpoint
    ? `'${id}' searches for a rate, which is compared with no baseline`
    : loadEngine === 'k6'
      ? 'baselines are kept by the embedded engine, not by k6'
      : undefined
  if (why === undefined) return
  throw new HarnessError('USAGE', why, { hint: 'leave --baseline and --update-baseline away' })
}

function machineText(): string {
  const all = cpus()
  return `${all.length} × ${all[0]?.model ?? 'unknown'}, ${process.arch}`
}

/** Only what passed is a reference. */
function keepBaseline(file: string, figures: LoadFigures | undefined, verdict: Verdict): string {
  if (verdict.kind !== 'pass' || !figures) {
    return `baseline NOT written: the load is ${verdict.kind}`
  }
  writeLoadBaseline(file, figures)
  return `baseline written: ${file}`
}
