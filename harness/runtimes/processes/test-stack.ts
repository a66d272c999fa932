import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'

import type { ServiceSpec, Stack } from '../../core/index.ts'
import { supervisorPidFile } from './leftovers.ts'

const program = fileURLToPath(new URL('./fixtures/program.ts', import.meta.url))

/** A stack of one replica of the fixture program, which behaves as told. */
export function stackOf(behaviour: string, given: Partial<ServiceSpec> = {}): Stack {
  return {
    name: 'fixture',
    entry: 'app',
    services: [
      {
        name: 'app',
        replicas: 1,
        run: {
          kind: 'command',
          command: 'node',
          args: [program, behaviour],
          env: { PORT: '{port:http}', DATA_DIR: '{dataDir}' },
        },
        ports: ['http'],
        health: { path: '/', timeoutMs: 60_000 },
        connects: [],
        ...given,
      },
    ],
    sites: [],
  }
}

/** Whether the process runs: one that ended and that nobody has collected does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    // There is no such process.
    return false
  }
}

export function supervisorOf(scratch: string): number {
  return Number(readFileSync(join(scratch, supervisorPidFile), 'utf8'))
}

/** Processes whose environment names the run's scratch directory: every program of it. */
export async function waitUntilGone(pids: readonly number[], scratch?: string): Promise<void> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const left = pids.filter(isAlive)
    const hasScratch = scratch !== undefined && existsSync(scratch)
    if (left.length === 0 && !hasScratch) return
    if (performance.now() > deadline) {
      throw new Error(
        `after 20 s there are still the processes ${left.join(', ')}${hasScratch ? ` and ${scratch}` : ''}`,
      )
    }
    await delay(20)
  }
}
