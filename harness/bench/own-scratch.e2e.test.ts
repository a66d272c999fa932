import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { until } from '../cli/test-cli.ts'

const program = fileURLToPath(new URL('fixtures/bench-to-kill.ts', import.meta.url))

it.runIf(process.platform === 'linux').each(['SIGKILL', 'SIGINT'] as const)(
  'a bench that is ended by %s leaves no process and no file',
  async (signal) => {
    const bench = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: bench.stdout }), 'line')) as [string]
    const { folder, children } = JSON.parse(line) as { folder: string; children: number[] }
    const left = () => [...children.filter(isRunning), ...(existsSync(folder) ? [folder] : [])]
    expect(left()).toHaveLength(3)
    bench.kill(signal)
    await until('the end of all that the bench had', () => left().length === 0)
  },
)

/** One that has ended and that nobody has waited for has no command line any more. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) && readFileSync(file, 'utf8') !== ''
}
