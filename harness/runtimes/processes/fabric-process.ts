import { fileURLToPath } from 'node:url'
import { exitCodes, HarnessError } from '../../core/index.ts'
import {
  readyPrefix,
  settingsVariable,
  type FabricReady,
  type FabricSettings,
} from '../../fabric/contract.ts'
import { compileCache } from './compile-cache.ts'
import { lastLines } from './last-lines.ts'
import type { Supervised } from './supervised.ts'

/** Starts the fabric and returns when it listens. `onExit` is called when it ends unasked after that. */
export async function startFabric(
  supervised: Supervised,
  logFile: string,
  signal: AbortSignal,
  settings: FabricSettings,
  onExit: (detail: string) => void,
): Promise<FabricReady> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const program = fileURLToPath(new URL(`../../fabric/main${extension}`, import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<FabricReady>()
  let isReady = false
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
      onLine: (line) => {
        isReady = true
        resolve(JSON.parse(line.slice(readyPrefix.length)) as FabricReady)
      },
      onExit: (detail) => {
        if (isReady) return onExit(`${detail}\n${lastLines(logFile)}`)
        const message = `the fabric ended while starting (${detail}):\n${lastLines(logFile)}`
        // By this code it says that what it was given is of no use: a site's module, that is.
        if (detail.includes(`exit code ${exitCodes.usage}`)) {
          return reject(new HarnessError('INVALID_SCENARIO', message))
        }
        const hint = 'the line above says which site or setting it could not use'
        reject(new HarnessError('START_FAILED', message, { hint }))
      },
    },
  )
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
