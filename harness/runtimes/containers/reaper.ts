/**
 * Watches over one run of the harness, in a session of its own. It lives as long as the harness does. When its standard input ends,
 * however the harness went, it removes everything in the container engine that carries the run's label, and the run's scratch directory,
 * and ends. An engine that does not answer is waited for. The harness says `done` when it has removed everything itself, and `later` when
 * the engine is about to stop.
 *
 * Arguments: the scratch directory, which it makes; the run's id. It says `ready` on standard output.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { supervisorPidFile } from '../processes/leftovers.ts'

const roundPauseMs = 700
const retryMs = 1_000
/** An engine gives containers 15 s to end before it stops itself. */
const engineStopMs = 20_000
/** An engine that is away for longer than this leaves the rest to the next run, and to `aftershock clean`. */
const patienceMs = 15 * 60_000

let isDone = false
let isLater = false
let isEnding = false

async function end(scratch: string, runId: string): Promise<void> {
  if (isEnding) return
  isEnding = true
  if (isLater) await delay(engineStopMs)
  if (!isDone) await removeAll(runId)
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  process.exit(0)
}

async function removeAll(runId: string): Promise<void> {
  // Loaded only now: hundreds of milliseconds that a run which ends well need not pay.
  const { connectEngine } = await import('./engine.ts')
  const { runLabel } = await import('./labels.ts')
  const { sweepThoroughly } = await import('./sweep.ts')
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline) {
    try {
      const docker = await connectEngine()
      await sweepThoroughly(docker, `${runLabel}=${runId}`, () => delay(roundPauseMs))
      return
    } catch {
      // The engine does not answer, or still works on something: nobody is left to be told.
      await delay(retryMs)
    }
  }
}

function main(scratch: string, runId: string): void {
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  writeFileSync(join(scratch, supervisorPidFile), String(process.pid))
  const input = createInterface({ input: process.stdin })
  const finish = (): void => void end(scratch, runId)
  input.on('line', (line) => {
    isDone ||= line === 'done'
    isLater ||= line === 'later'
  })
  input.on('close', finish)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, finish)
  process.stdout.on('error', finish)
  process.stdout.write('ready\n')
}

main(process.argv[2] as string, process.argv[3] as string)
