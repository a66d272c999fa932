import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import {
  readyPrefix,
  settingsVariable,
  type FabricReady,
  type FabricSettings,
} from '../fabric/contract.ts'
import { compileCache } from '../runtimes/processes/compile-cache.ts'
import { scratchVariable } from '../runtimes/processes/leftovers.ts'

/** Of the one caller of the outside, 'bench'. */
export const password = 'a-password-of-the-bench'
export const controlToken = 'a-token-of-the-bench'
export const ticksPerSecond = 100

/** CPU time that a program took so far. Linux only: it reads /proc. */
export function cpuSeconds({ pid }: ChildProcess): number {
  // After the name in brackets: user and system time are the fields 14 and 15 (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** A fabric with the service 'bench', which asks itself by a link. */
export async function startFabric(): Promise<{
  readonly child: ChildProcess
  readonly ready: FabricReady
}> {
  const settings: FabricSettings = {
    host: '127.0.0.1',
    seed: 1,
    services: ['bench'],
    links: [{ from: 'bench', to: 'bench', callers: ['bench'] }],
    sites: [new URL('outside-world/site.ts', import.meta.url).href],
    controlToken,
    callers: { bench: password },
  }
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...compileCache(),
    [scratchVariable]: process.env[scratchVariable] ?? '',
    [settingsVariable]: JSON.stringify(settings),
  }
  const { child, line } = await startProgram(new URL('../fabric/main.ts', import.meta.url), env)
  return { child, ready: JSON.parse(line.slice(readyPrefix.length)) as FabricReady }
}

export async function startBare(): Promise<{
  readonly child: ChildProcess
  readonly port: number
}> {
  const url = new URL('outside-world/bare-server.ts', import.meta.url)
  const { child, line } = await startProgram(url, process.env)
  return { child, port: Number(line) }
}

/** Returns with the first line that it prints. */
export async function startProgram(
  url: URL,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, [fileURLToPath(url)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  return { child, line }
}
