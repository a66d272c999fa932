import { readPort, SetupError, type Environment } from './environment.ts'
import { openResetServer } from './reset-server.ts'
import type { RunningService } from './running-service.ts'

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78
const EXIT_FAILURE = 1

/**
 * Runs a service as this process: until SIGTERM or SIGINT, then stops gracefully and exits 0. With RESET_PORT it can be started anew in
 * the same process.
 */
export async function runAsProcess(
  service: string,
  start: (env: Environment) => Promise<RunningService>,
): Promise<void> {
  let running: RunningService | undefined
  let stopRequested = false
  const stop = async (): Promise<void> => {
    // A second signal means that the sender will not wait.
    if (stopRequested) process.exit(EXIT_FAILURE)
    stopRequested = true
    // Before the start is complete there is nothing to drain: the code below stops when it is.
    if (running !== undefined) await stopAndExit(service, running)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  try {
    running = await start(process.env)
    if (process.env['RESET_PORT']) await allowReset()
  } catch (error) {
    const known = error instanceof SetupError
    process.stderr.write(`${service}: ${known ? error.message : describe(error)}\n`)
    process.exit(known ? EXIT_CONFIG : EXIT_FAILURE)
  }
  if (stopRequested) await stopAndExit(service, running)

  async function allowReset(): Promise<void> {
    const host = process.env['HOST'] || '127.0.0.1'
    const token = process.env['ADMIN_TOKEN'] ?? ''
    const port = readPort(process.env, 'RESET_PORT')
    await openResetServer(
      { host, port, token },
      {
        stop: async () => running?.close(),
        start: async (env) => void (running = await start({ ...process.env, ...env })),
        contents: async () => running?.contents(),
      },
    )
  }
}

async function stopAndExit(service: string, running: RunningService): Promise<void> {
  try {
    await running.close()
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${service}: stopping failed: ${describe(error)}\n`)
    process.exit(EXIT_FAILURE)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
