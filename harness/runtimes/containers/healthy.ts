import { once } from 'node:events'
import type { WaitStrategy } from 'testcontainers'
import { setTimeout as delay } from 'node:timers/promises'
import { HarnessError, describeError } from '../../core/index.ts'
import { lastLines } from '../processes/last-lines.ts'
import type { Docker } from './engine.ts'

const everyMs = 25
const requestTimeoutMs = 2_000

/** Undefined when it is ready, else what was seen. What it throws counts as not ready. */
type Ask = () => Promise<string | undefined>

export interface HealthTarget {
  readonly id: string
  /** What is asked, for messages. */
  readonly asked: string
  readonly ask: Ask
  readonly timeoutMs: number
  /** How the container ended; undefined while it runs. */
  readonly ended: () => string | undefined
  /** Returns when what it wrote before its end is in its log. */
  readonly logSettled: () => Promise<void>
  readonly logFile: string
  readonly signal: AbortSignal
}

/** Asks until it is ready. Throws START_FAILED with the last log lines at once when the container ends, or when the time is over. */
export async function untilHealthy(target: HealthTarget): Promise<void> {
  const { id, asked, ask, timeoutMs, signal } = target
  const deadline = performance.now() + timeoutMs
  let last: string | undefined = 'it was not asked yet'
  while (performance.now() < deadline) {
    if (signal.aborted) throw new HarnessError('ABORTED', `interrupted while ${id} started`)
    await throwIfEnded(target)
    last = await ask().catch((error: unknown) => `no answer: ${describeError(error)}`)
    if (last === undefined) return
    await delay(everyMs)
  }
  await throwIfEnded(target)
  throw new HarnessError(
    'START_FAILED',
    `${id} was not healthy within ${timeoutMs} ms (${asked}: ${last}):\n${lastLines(target.logFile)}`,
    {
      hint: 'is what health says right, and does the service listen on {host}? health.timeoutMs can be raised',
    },
  )
}

/** Ready when the answer is 2xx. */
export function askUrl(url: string): Pick<HealthTarget, 'asked' | 'ask'> {
  return {
    asked: `GET ${url}`,
    ask: async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })
      await response.arrayBuffer()
      return response.ok ? undefined : `it answered ${response.status}`
    },
  }
}

/** Ready when the command, run in the container, ends with 0. */
export function askCommand(
  docker: Docker,
  containerId: string,
  command: readonly string[],
): Pick<HealthTarget, 'asked' | 'ask'> {
  return {
    asked: command.join(' '),
    ask: async () => {
      const container = docker.getContainer(containerId)
      const exec = await container.exec({
        Cmd: [...command],
        AttachStdout: true,
        AttachStderr: true,
      })
      const output = await exec.start({})
      output.resume()
      await once(output, 'end')
      const { ExitCode } = await exec.inspect()
      return ExitCode === 0 ? undefined : `it ended with ${ExitCode}`
    },
  }
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
