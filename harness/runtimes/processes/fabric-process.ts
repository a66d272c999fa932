import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../core/index.ts'
import {
  readyPrefix,
  settingsVariable,
  type FabricReady,
  type FabricSettings,
} from '../../fabric/contract.ts'
import { compileCache } from './compile-cache.ts'
import { lastLines } from './last-lines.ts'
import type { Supervised } from './supervised.ts'

/** Starts the fabric and returns when it listens. */
export async function startFabric(
  supervised: Supervised,
  logFile: string,
  signal: AbortSignal,
  settings: FabricSettings,
): Promise<FabricReady> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const program = fileURLToPath(new URL(`../../fabric/main${extension}`, import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<FabricReady>()
  const abort = () => reject(new HarnessError('ABORTED', 'interrupted while the fabric started'))
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  supervised.start(
    {
      id: 'fabric',
      command: process.execPath,
      args: [program],
      env: {
        PATH: process.env['PATH'] ?? '',
        ...compileCache(),
        [settingsVariable]: JSON.stringify(settings),
      },
      cwd: process.cwd(),
      log: logFile,
      announce: readyPrefix,
    },
    {
      onLine: (line) => resolve(JSON.parse(line.slice(readyPrefix.length)) as FabricReady),
      onExit: (detail) =>
        reject(
          new HarnessError(
            'START_FAILED',
            `the fabric ended while starting (${detail}):\n${lastLines(logFile)}`,
            { hint: 'the line above says which site or setting it could not use' },
          ),
        ),
    },
  )
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
