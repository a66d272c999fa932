import { accessSync, closeSync, constants, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $, which } from 'zx'
import { HarnessError, describeError } from '../../core/index.ts'
import type { K6Order, K6Program } from '../../engine/index.ts'
import { lastLines } from '../processes/last-lines.ts'

/** Environment variable with the path of a k6, in place of the one on the PATH. */
export const k6Variable = 'AFTERSHOCK_K6'

/** The k6 that AFTERSHOCK_K6 names, or that is on the PATH; undefined when there is none. Throws USAGE when what is named cannot be run. */
export async function findLocalK6(): Promise<K6Program | undefined> {
  const named = process.env[k6Variable]
  if (named) return localK6(runnable(resolve(named)))
  const found = await which('k6', { nothrow: true })
  return found ? localK6(found) : undefined
}

function runnable(path: string): string {
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch (error) {
    throw new HarnessError(
      'USAGE',
      `${k6Variable} names a program that cannot be run: ${describeError(error)}`,
      { hint: `let ${k6Variable} be the path of a k6, or leave it out` },
    )
  }
}

function localK6(path: string): K6Program {
  return {
    name: path,
    async run({ directory, args, log, env, signal }: K6Order) {
      const file = openSync(log, 'a')
      try {
        const k6 = $({
          cwd: directory,
          nothrow: true,
          quiet: true,
          // Away from the terminal: Ctrl-C is for the harness, which then tells k6.
          detached: true,
          stdio: ['pipe', file, file],
          env: { ...process.env, ...env },
        })`${process.execPath} ${leash()} ${path} ${args}`
        const stop = () => k6.stdin.end()
        signal.addEventListener('abort', stop, { once: true })
        if (signal.aborted) stop()
        try {
          const { exitCode } = await k6
          return { code: exitCode ?? -1, lastLines: lastLines(log) }
        } finally {
          signal.removeEventListener('abort', stop)
        }
      } finally {
        closeSync(file)
      }
    },
  }
}

function leash(): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`./leash${extension}`, import.meta.url))
}
