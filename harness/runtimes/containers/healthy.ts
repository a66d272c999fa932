import type { WaitStrategy } from 'testcontainers'
import { setTimeout as delay } from 'node:timers/promises'
import { HarnessError } from '../../core/index.ts'
import { lastLines } from '../processes/last-lines.ts'

const everyMs = 25
const requestTimeoutMs = 2_000

export interface HealthTarget {
  readonly id: string
  readonly url: string
  readonly timeoutMs: number
  /** How the container ended; undefined while it runs. */
  readonly ended: () => string | undefined
  /** Returns when what it wrote before its end is in its log. */
  readonly logSettled: () => Promise<void>
  readonly logFile: string
  readonly signal: AbortSignal
}

/** Asks until the answer is 2xx. Throws START_FAILED with the last log lines at once when the container ends, or when the time is over. */
export async function untilHealthy(target: HealthTarget): Promise<void> {
  const { id, url, timeoutMs, signal } = target
  const deadline = performance.now() + timeoutMs
  let last = 'it was not asked yet'
  while (performance.now() < deadline) {
    if (signal.aborted) throw new HarnessError('ABORTED', `interrupted while ${id} started`)
    await throwIfEnded(target)
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })
      await response.arrayBuffer()
      if (response.ok) return
      last = `it answered ${response.status}`
    } catch (error) {
      last = `no answer: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`
    }
    await delay(everyMs)
  }
  await throwIfEnded(target)
  throw new HarnessError(
    'START_FAILED',
    `${id} was not healthy within ${timeoutMs} ms (GET ${url}: ${last}):\n${lastLines(target.logFile)}`,
    {
      hint: 'is health.path right, and does the service listen on {host}? health.timeoutMs can be raised',
    },
  )
}

async function throwIfEnded({ id, ended, logSettled, logFile }: HealthTarget): Promise<void> {
  const detail = ended()
  if (detail === undefined) return
  await logSettled()
  throw new HarnessError(
    'START_FAILED',
    `${id} ended while starting (${detail}):\n${lastLines(logFile)}`,
    {
      hint: 'the lines above are the end of its log',
    },
  )
}

/** As one of Testcontainers' strategies; `started` is the time of a restart. */
export function waitUntil(
  ready: (containerId: string, started?: Date) => Promise<void>,
): WaitStrategy {
  const strategy: WaitStrategy = {
    waitUntilReady: ({ id }, _ports, started) => ready(id, started),
    // Time is kept by whoever is waited for, with words of its own.
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => 0,
  }
  return strategy
}
