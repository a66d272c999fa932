import { openSync, closeSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $, which } from 'zx'
import type { K6Order, K6Program } from '../../engine/index.ts'
import { lastLines } from '../processes/last-lines.ts'

/** Environment variable with the path of a k6, in place of the one on the PATH. */
export const k6Variable = 'AFTERSHOCK_K6'

/** The k6 that AFTERSHOCK_K6 names, or that is on the PATH; undefined when there is none. */
export async function findLocalK6(): Promise<K6Program | undefined> {
  const path = process.env[k6Variable] ?? (await which('k6', { nothrow: true }))
  return path ? localK6(resolve(path)) : undefined
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
