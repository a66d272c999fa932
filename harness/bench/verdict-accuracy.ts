import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redactor, formatReason, reasonsOf, type Scenario, type Verdict } from '../core/index.ts'
import { monotonicClock, runScenario, type RunningStack, type Runtime } from '../engine/index.ts'
import { processesRuntime } from '../runtimes/processes/processes-runtime.ts'
import { row } from './figures.ts'
import { referenceScenario } from './reference.ts'

const stacksOf = 25

/**
 * Many runs: harmless changes must never be blamed, breaks never be missed. A stack serves 25 runs, each of which proves by hash that it
 * left the configuration as it was.
 */
export async function verdictAccuracy(scale: number): Promise<boolean> {
  const times = (n: number) => Math.max(2, Math.round(n * scale))
  const results = [
    await count('harmless-change', times(200), 'false alarms'),
    await count('twitter-api-plan', times(50), 'missed or wrong'),
    await count('twitter-api-plan-one-replica', times(50), 'missed or wrong'),
  ]
  return results.every(Boolean)
}

async function count(id: string, runs: number, what: string): Promise<boolean> {
  const scenario = await referenceScenario(id)
  const verdicts: Verdict[] = []
  for (let done = 0; done < runs; done += stacksOf) {
    verdicts.push(...(await runOnOneStack(scenario, Math.min(stacksOf, runs - done), done)))
  }
  const failed = verdicts.filter(({ kind }) => kind === 'fail').length
  const inconclusive = verdicts.filter(({ kind }) => kind === 'inconclusive').length
  row(`${id}: ${what} in ${runs} runs`, String(failed), 'goal 0')
  row(`${id}: inconclusive`, String(inconclusive), 'goal 0')
  for (const text of new Set(verdicts.flatMap(reasonsOf).map(formatReason))) {
    process.stdout.write(`    ${text}\n`)
  }
  return failed === 0 && inconclusive === 0
}

async function runOnOneStack(
  scenario: Scenario,
  runs: number,
  firstSeed: number,
): Promise<Verdict[]> {
  const logDir = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const redactor = new Redactor()
  const verdicts: Verdict[] = []
  const kept = keepRunning(processesRuntime)
  try {
    for (let i = 0; i < runs; i += 1) {
      const verdict = await runScenario(scenario, {
        runtime: kept.runtime,
        runId: `bench-${process.pid}-${firstSeed}`,
        seed: firstSeed + i,
        logDir,
        redactor,
        clock: monotonicClock(),
        listeners: [],
        provenance: { startedAt: new Date().toISOString(), args: [], versions: {} },
        signal: new AbortController().signal,
      })
      verdicts.push(verdict)
    }
  } finally {
    await kept.stop()
    rmSync(logDir, { recursive: true })
  }
  return verdicts
}

/** The runtime, starting its stack once; the runs' own teardown leaves it up. */
function keepRunning(runtime: Runtime): { runtime: Runtime; stop: () => Promise<void> } {
  let started: Promise<RunningStack> | undefined
  return {
    runtime: {
      name: runtime.name,
      async start(stack, options) {
        started ??= runtime.start(stack, options)
        return { ...(await started), [Symbol.asyncDispose]: async () => undefined }
      },
    },
    stop: async () => (await started)?.[Symbol.asyncDispose](),
  }
}
