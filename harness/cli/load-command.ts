import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  exitCodes,
  formatReason,
  reasonsOf,
  type JournalEvent,
  type RuntimeName,
} from '../core/index.ts'
import { runLoadTest, scenarioOf } from '../engine/index.ts'
import { renderBreakpoint, renderLoadSummary } from '../report/index.ts'
import { Interrupts, exitCodeOf, findLoadTest, performRun } from '../session/index.ts'
import { chooseRuntime } from '../runtimes/choose-runtime.ts'
import { runK6Load } from '../load/index.ts'
import { chooseK6 } from '../runtimes/k6/choose-k6.ts'
import { exportLoad, type ExportKind } from './export-load.ts'
import { openHere } from './open-here.ts'
import { noProgress, showProgress } from './progress.ts'

interface LoadOptions {
  readonly runtime?: RuntimeName
  readonly seed?: number
  readonly out?: string
  readonly json: boolean
  readonly loadEngine: LoadEngineName
  readonly export?: ExportKind
  readonly parallelism: number
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
  if (options.export !== undefined) return exportLoad(test, module, options.export, options)
  const scenario = scenarioOf(test)
  const { runtime, why } = await chooseRuntime(
    options.runtime ?? project.runtime ?? 'auto',
    scenario,
  )
  const say = (text: string) => {
    if (!options.json) process.stdout.write(`${text}\n`)
  }
  if (why !== undefined) say(`runtime: ${runtime.name}, since ${why}`)
  const k6 = options.loadEngine === 'k6' ? await chooseK6() : undefined
  if (k6) say(`load by ${k6.name}`)
  using interrupts = new Interrupts()
  const progress = options.json ? noProgress : showProgress(process.stdout)
  const ends: JournalEvent[] = []
  const { verdict, folder } = await performRun({
    scenario,
    runtime,
    args: argv,
    runsDir: project.runsFolder,
    signal: interrupts.signal,
    listeners: [
      (event) => {
        progress.take(event)
        if (event.kind === 'load.summary' || event.kind === 'load.breakpoint') ends.push(event)
      },
    ],
    drive: async (_scenario, given) => {
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
  for (const event of ends) {
    if (event.kind === 'load.summary') say(`\n${renderLoadSummary(event)}`)
    if (event.kind === 'load.breakpoint') say(`\n${renderBreakpoint(event)}`)
  }
  say(`\n${verdict.kind.toUpperCase()}  ${test.id}: ${test.title}`)
  for (const reason of reasonsOf(verdict)) say(`  ${formatReason(reason)}`)
  say(`journal and figures: ${folder.path}`)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exitCode = interrupts.signal.aborted
    ? exitCodeOf(String(interrupts.signal.reason))
    : exitCodes[verdict.kind]
}
