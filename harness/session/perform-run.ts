import { randomInt } from 'node:crypto'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  HarnessError,
  Redactor,
  describeError,
  inconclusive,
  type JournalEvent,
  type Scenario,
  type Verdict,
} from '../core/index.ts'
import {
  monotonicClock,
  runScenario,
  watchMainThread,
  type ExperimentOptions,
  type JournalListener,
  type Runtime,
} from '../engine/index.ts'
import type { Summary } from '../report/index.ts'
import { openTelemetry } from '../telemetry/index.ts'
import { checkWantedSites } from './check-sites.ts'
import { findProvenance, packageVersion } from './provenance.ts'
import { RunFolder, newRunId } from './run-folder.ts'
import { warn } from './say.ts'
import type { StackPool } from './stack-pool.ts'

export interface RunRequest {
  readonly scenario: Scenario
  /** Its file, absolute: threads of load take its flows from there. */
  readonly file?: string
  readonly runtime: Runtime
  /** Where its stack may come from, and goes to afterwards. `isLast`: it goes nowhere. */
  readonly reuse?: { readonly pool: StackPool; readonly isLast?: boolean } | undefined
  /** As typed, for the journal. */
  readonly args: readonly string[]
  /** Folder for what the run leaves; one with the run's id in `runsDir` when absent. */
  readonly outDir?: string
  readonly runsDir: string
  readonly seed?: number
  readonly signal: AbortSignal
  readonly listeners?: readonly JournalListener[]
  readonly idlePauseMs?: number
  /**
   * Where code of a flow keeps the main thread, told when the reports are written: to say so, and end the process, since nothing else of the
   * run can be relied on. What runs the system is ended by its supervisor. Absent: nobody watches.
   */
  readonly endBlocked?: (error: unknown) => void
  /** Told when a run came to its end, before the reports are written: what it adds to the journal is in them. */
  readonly onEnd?: (folder: RunFolder) => void
  /** Told when the reports are written, also of a run that the harness could not bring to its end. */
  readonly onReports?: (summary: Summary, folder: RunFolder) => void
  /** What is done with the experiment; a whole run when absent. */
  readonly drive?: (
    scenario: Scenario,
    options: ExperimentOptions,
    folder: RunFolder,
  ) => Promise<Verdict>
}

export interface RunOutcome {
  readonly verdict: Verdict
  readonly summary: Summary
  readonly folder: RunFolder
}

/** One run with all that surrounds it: id, seed, folder, journal, reports. Reports are written even when the harness fails. */
export async function performRun(request: RunRequest): Promise<RunOutcome> {
  const { scenario, runtime, reuse, drive = runScenario } = request
  await checkWantedSites(scenario, runtime)
  const [clock, startedAt] = [monotonicClock(), new Date().toISOString()]
  const runId = newRunId(scenario.id)
  const provenance = { startedAt, ...(await findProvenance(request.args)) }
  using folder = new RunFolder(request.outDir ?? join(request.runsDir, runId))
  const redactor = new Redactor()
  await using telemetry = await openTelemetry({ env: process.env, version: packageVersion(), warn })
  const finish = async () => {
    const summary = await folder.writeReports(redactor)
    request.onReports?.(summary, folder)
    return summary
  }
  const { endBlocked } = request
  const endsWithTheProcess = new Promise<never>(() => undefined)
  const stop = new AbortController()
  const take = (event: JournalEvent) => {
    if (!stop.signal.aborted) folder.take(event)
  }
  const onBlocked = async (fault: HarnessError) => {
    for (const event of endOf(fault, clock.now())) folder.take(event)
    // No more flows; whatever else comes of it is not told.
    stop.abort()
    try {
      await finish()
    } finally {
      endBlocked?.(asTold(fault, redactor, folder))
    }
  }
  using watching =
    endBlocked &&
    watchMainThread(
      scenario.flows.map(({ id }) => id),
      (fault) => void onBlocked(fault),
    )
  let verdict: Verdict
  try {
    const options: ExperimentOptions = {
      runtime: reuse?.pool.runtime(runtime, reuse.isLast) ?? runtime,
      runId,
      seed: request.seed ?? scenario.seed ?? randomInt(2 ** 32),
      logDir: folder.logDir,
      redactor,
      clock,
      listeners: [
        take,
        ...(request.listeners ?? []),
        ...(reuse ? [reuse.pool.listen] : []),
        ...(telemetry ? [telemetry.listen] : []),
      ],
      traces: telemetry !== undefined,
      provenance,
      signal: AbortSignal.any([request.signal, stop.signal]),
      ...(request.file === undefined ? {} : { module: pathToFileURL(request.file).href }),
      ...(request.idlePauseMs === undefined ? {} : { idlePauseMs: request.idlePauseMs }),
    }
    verdict = await drive(scenario, options, folder)
  } catch (error) {
    if (stop.signal.aborted) return await endsWithTheProcess
    watching?.[Symbol.dispose]()
    await finish()
    throw asTold(error, redactor, folder)
  }
  if (stop.signal.aborted) return await endsWithTheProcess
  // Reports of a long journal take their time.
  watching?.[Symbol.dispose]()
  let summary: Summary
  try {
    request.onEnd?.(folder)
  } finally {
    summary = await finish()
  }
  return { verdict, summary, folder }
}

/** What a journal ends with whose run cannot end itself. */
function endOf(error: HarnessError, nowMs: number): JournalEvent[] {
  const { code, hint } = error
  const atMs = Math.round(nowMs)
  const message = describeError(error)
  const verdict = inconclusive({ code: 'run-failed', message })
  return [
    { kind: 'run.failed', atMs, code, message, ...(hint === undefined ? {} : { hint }) },
    { kind: 'verdict.reached', atMs, verdict },
    { kind: 'run.ended', atMs, verdict, timings: { totalMs: atMs }, outsideRequests: 0 },
  ]
}

/** With where the logs are. What a program wrote last is part of such errors, and a program may write what it was told to keep. */
function asTold(error: unknown, redactor: Redactor, { path }: RunFolder): unknown {
  if (!(error instanceof HarnessError)) return error
  const { code, hint } = error
  const message = redactor.text(describeError(error))
  const shown = relative(process.cwd(), path)
  const where = `journal, reports and logs: ${shown.startsWith('..') ? path : `${shown}/`}`
  return new HarnessError(code, message, {
    hint: hint === undefined ? where : `${hint}\n  ${where}`,
  })
}
