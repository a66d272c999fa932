import { setTimeout as delay } from 'node:timers/promises'
import { describeError, type JournalEvent } from '../core/index.ts'
import type { Exporting } from './exporting.ts'
import { wantedSignals, type Environment } from './wanted-signals.ts'

/** How long the end of a run waits for what is not sent yet. */
const flushMs = 3_000

export interface TelemetryOptions {
  readonly env: Environment
  /** Version of this package. */
  readonly version: string
  /** Says in a line what is wrong with telemetry: nothing else comes of it. */
  readonly warn: (text: string) => void
}

/** Disposing it sends what is left, for 3 s at most, and never rejects. */
interface Telemetry extends AsyncDisposable {
  readonly listen: (event: JournalEvent) => void
}

/**
 * Sends a run as OpenTelemetry's spans and metrics, made from its journal, where the standard variables say where to. Undefined where
 * they do not: then nothing of OpenTelemetry is loaded. Whatever goes wrong is a warning, and leaves the run as it is.
 */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry | undefined> {
  const { env, version, warn } = options
  const wanted = wantedSignals(env)
  for (const problem of wanted.problems) warn(`no telemetry is sent: ${problem}`)
  if (!wanted.traces && !wanted.metrics) return undefined
  let exporting: Exporting | undefined
  const giveUp = (error: unknown) => {
    warn(`no telemetry is sent: ${describeError(error)}`)
    exporting = undefined
  }
  try {
    const { startExporting } = await import('./exporting.ts')
    exporting = await startExporting(wanted, version)
  } catch (error) {
    giveUp(error)
    return undefined
  }
  return {
    listen: (event) => {
      try {
        exporting?.take(event)
      } catch (error) {
        giveUp(error)
      }
    },
    [Symbol.asyncDispose]: async () => {
      const open = exporting
      exporting = undefined
      if (!open) return
      const problem = await within(flushMs, open.close())
      if (problem !== undefined) warn(`telemetry was not sent in full: ${problem}`)
    },
  }
}

async function within(ms: number, ended: Promise<string | undefined>): Promise<string | undefined> {
  const timer = new AbortController()
  const late = delay(ms, `not done within ${ms / 1_000} s`, { signal: timer.signal })
  // It is aborted when the other one came first.
  late.catch(() => undefined)
  try {
    return await Promise.race([ended, late])
  } catch (error) {
    return describeError(error)
  } finally {
    timer.abort()
  }
}
