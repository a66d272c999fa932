import { join, relative } from 'node:path'
import { exitCodes, type Verdict, type RuntimeName } from '../core/index.ts'
import {
  overall,
  renderSuite,
  renderTerminal,
  summarizeSuite,
  toSeconds,
  type SuiteRow,
} from '../report/index.ts'
import {
  Interrupts,
  StackPool,
  exitCodeOf,
  loadScenarios,
  performRun,
  scenarioFiles,
  selectScenarios,
  type FoundScenario,
  type RunOutcome,
  say,
  sayAside,
  warn,
} from '../session/index.ts'
import type { Comparison, RunFigures } from '../compare/index.ts'
import { chooseRuntime, needsContainers } from '../runtimes/choose-runtime.ts'
import { containersAvailability } from '../runtimes/containers/availability.ts'
import { endBlocked, reportFault } from './faults.ts'
import { baselineFor, compareWithBaseline, tellComparison } from './compare-command.ts'
import { tellPipeline } from './pipeline-output.ts'
import { noProgress, showProgress } from './progress.ts'
import { refuseIgnored } from './refuse-ignored.ts'
import { renderOptionsFor } from './screen.ts'
import { openHere } from './open-here.ts'

interface GivenOptions {
  readonly runtime?: RuntimeName
  readonly seed?: number
  readonly out?: string
  readonly baseline?: string
  readonly verbose: boolean
  readonly json: boolean
  /** False with --no-reuse. */
  readonly reuse: boolean
}

interface RunOptions extends GivenOptions {
  readonly runtime: RuntimeName
  readonly runsDir: string
}

/** `aftershock run`: one scenario after the other. The exit code is that of the worst verdict. */
export async function runCommand(
  filter: readonly string[],
  given: GivenOptions,
  argv: readonly string[],
): Promise<void> {
  if (given.json) refuseIgnored({ '--verbose': given.verbose }, 'says nothing to --json')
  const project = await openHere()
  const { runsFolder: runsDir, runtime = 'auto' } = project
  const options = { runtime, ...given, runsDir }
  const all = await loadScenarios(scenarioFiles(...project.scenarioFolders), filter, warn)
  const wanted = selectScenarios(all, filter)
  const named = wanted.length === 1 || wanted.every(({ scenario }) => filter.includes(scenario.id))
  const impossible = named ? [] : await impossibleHere(wanted, options)
  const selected = wanted.filter((found) => !impossible.includes(found))
  if (selected.length === 0) return sayThatNothingRan(wanted.length)
  const baselines = readBaselines(selected, options)
  using interrupts = new Interrupts((signal) =>
    sayAside(`\n${signal}: undoing and tearing down; a second one ends at once\n`),
  )
  await using pool = new StackPool()
  const verdicts: Verdict['kind'][] = []
  const rows: SuiteRow[] = []
  const startMs = performance.now()
  let faultCode: number | undefined
  for (const found of selected) {
    if (interrupts.signal.aborted) break
    const beganMs = performance.now()
    const note = (verdict: SuiteRow['verdict'], against?: Comparison['outcome']) =>
      rows.push({
        ...suiteRow(found, verdict, performance.now() - beganMs),
        ...(against === undefined ? {} : { baseline: against }),
      })
    try {
      const many = selected.length > 1 ? { pool, isLast: found === selected.at(-1) } : undefined
      const baseline = baselines.get(found)
      const { summary } = await runOne(found, options, argv, interrupts.signal, { many, baseline })
      verdicts.push(overall(summary))
      note(overall(summary), summary.comparison?.outcome)
    } catch (error) {
      // The others are run all the same; the exit code then says that not all of them could be.
      faultCode = reportFault(error)
      note('error')
    }
  }
  const left = wanted.filter(({ scenario }) => rows.every((row) => row.scenario !== scenario.id))
  rows.push(...left.map((found) => suiteRow(found, 'not run', 0)))
  if (selected.length > 1) saySuite(rows, performance.now() - startMs, options)
  sayWhatWasLeftOut(all, filter, options)
  // What a pipeline did not run it has not proven.
  if (impossible.length > 0 && process.env['CI']) verdicts.push('inconclusive')
  process.exitCode = interrupts.signal.aborted
    ? exitCodeOf(String(interrupts.signal.reason))
    : (faultCode ?? exitCodes[worstOf(verdicts)])
}

/** Before anything starts: a baseline that is of no use is an error then. Scenarios without one are run all the same, and named. */
function readBaselines(
  selected: readonly FoundScenario[],
  { baseline }: RunOptions,
): ReadonlyMap<FoundScenario, RunFigures> {
  const found = new Map<FoundScenario, RunFigures>()
  if (baseline === undefined) return found
  for (const one of selected) {
    const figures = baselineFor(baseline, one.scenario.id)
    if (figures) found.set(one, figures)
  }
  const without = selected.filter((one) => !found.has(one)).map(({ scenario }) => scenario.id)
  if (without.length > 0) warn(`no baseline in ${baseline} for ${without.join(', ')}`)
  return found
}

function suiteRow(
  { scenario }: FoundScenario,
  verdict: SuiteRow['verdict'],
  durationMs: number,
): SuiteRow {
  const { id, expect } = scenario
  return { scenario: id, expectation: expect.kind, verdict, seconds: toSeconds(durationMs) }
}

function saySuite(rows: readonly SuiteRow[], totalMs: number, { json }: RunOptions): void {
  const suite = summarizeSuite(rows, totalMs)
  say(
    json
      ? `${JSON.stringify(suite)}\n`
      : `${renderSuite(suite, renderOptionsFor(process.stdout))}\n\n`,
  )
}

function sayThatNothingRan(wanted: number): void {
  const why =
    wanted === 0
      ? 'there is no *.scenario.ts below this directory'
      : 'none of these scenarios can be run here'
  warn(why)
  process.exitCode = wanted === 0 ? exitCodes.usage : exitCodes.inconclusive
}

async function runOne(
  found: FoundScenario,
  options: RunOptions,
  argv: readonly string[],
  signal: AbortSignal,
  {
    many,
    baseline,
  }: {
    /** Absent where it is the only one. */
    readonly many: { readonly pool: StackPool; readonly isLast: boolean } | undefined
    readonly baseline: RunFigures | undefined
  },
): Promise<RunOutcome> {
  const { scenario, file } = found
  const outDir =
    options.out === undefined ? undefined : many ? join(options.out, scenario.id) : options.out
  const { runtime, why } = await chooseRuntime(options.runtime, scenario)
  if (why !== undefined && !options.json) {
    say(`runtime: ${runtime.name}, since ${why}\n`)
  }
  let comparison: Comparison | undefined
  using progress = options.json ? noProgress : showProgress(process.stdout)
  const outcome = await performRun({
    scenario,
    file,
    runtime,
    reuse: options.reuse ? many : undefined,
    args: argv,
    endBlocked,
    runsDir: options.runsDir,
    signal,
    listeners: [progress.take],
    onEnd: (folder) => {
      if (baseline && !signal.aborted) comparison = compareWithBaseline(baseline, folder)
    },
    onReports: (summary, folder) => {
      progress[Symbol.dispose]()
      tellPipeline(found, summary, shownFolder({ folder }))
    },
    ...(outDir === undefined ? {} : { outDir }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  say(options.json ? `${JSON.stringify(outcome.summary)}\n` : endOfRun(outcome, options))
  if (comparison) tellComparison(comparison, found, options.json)
  return outcome
}

function endOfRun({ summary, folder }: RunOutcome, { verbose }: RunOptions): string {
  const text = renderTerminal(summary, {
    ...renderOptionsFor(process.stdout),
    verbose,
    files: { 'journal, reports and logs': shownFolder({ folder }) },
  })
  return `\n${text}\n\n`
}

function shownFolder({ folder }: Pick<RunOutcome, 'folder'>): string {
  const shown = relative(process.cwd(), folder.path)
  return shown.startsWith('..') ? folder.path : `${shown}/`
}

/** Scenarios that need containers, where there are none. Named ones are not left out: that they cannot be run is then an error. */
async function impossibleHere(
  wanted: readonly FoundScenario[],
  { runtime, json }: RunOptions,
): Promise<readonly FoundScenario[]> {
  const needy = wanted.filter(({ scenario }) => needsContainers(scenario))
  if (needy.length === 0) return []
  const found =
    runtime === 'processes'
      ? { ok: false as const, why: 'processes are asked for' }
      : await containersAvailability()
  if (found.ok) return []
  const names = needy.map(({ scenario }) => scenario.id).join(', ')
  if (!json) say(`Not run, since they need containers: ${names}; ${found.why}.\n`)
  return needy
}

function sayWhatWasLeftOut(
  all: readonly FoundScenario[],
  filter: readonly string[],
  { json }: RunOptions,
): void {
  const left = all.filter(({ scenario }) => scenario.demonstrates)
  if (filter.length > 0 || left.length === 0 || json) return
  const names = left.map(({ scenario }) => `${scenario.id} (${scenario.demonstrates})`).join(', ')
  say(`Not run, since they show other verdicts than pass: ${names}. Name one to run it.\n`)
}

/** Fail outranks inconclusive, although its code is the lower number. */
function worstOf(verdicts: readonly Verdict['kind'][]): Verdict['kind'] {
  return (['fail', 'inconclusive'] as const).find((kind) => verdicts.includes(kind)) ?? 'pass'
}
