import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export const vitestPackage = dirname(createRequire(import.meta.url).resolve('vitest/package.json'))

export interface Finished {
  readonly code: number | null
  /** Both streams, without colours. */
  readonly output: string
}

/** Vitest as its users start it, in a process group of its own as a shell makes one. */
export class RunningVitest {
  readonly finished: Promise<Finished>
  /** What it came to, once it has ended. */
  result: Finished | undefined
  readonly #child: ChildProcess

  constructor(root: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [join(vitestPackage, 'vitest.mjs'), ...args], {
      cwd: root,
      detached: true,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.finished = this.#finish()
  }

  /** To the main process alone, or to its whole group as a terminal does on Ctrl-C. Does nothing when Vitest has ended. */
  kill(signal: NodeJS.Signals, to: 'process' | 'group'): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    process.kill(to === 'group' ? -pid : pid, signal)
  }

  async #finish(): Promise<Finished> {
    let output = ''
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    const [code] = (await once(this.#child, 'close')) as [number | null]
    this.result = { code, output }
    return this.result
  }
}

/** Vitest started by a test must not take itself for a worker of the Vitest that runs the test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VITEST') && !['NODE_ENV', 'TEST', 'FORCE_COLOR'].includes(name),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
