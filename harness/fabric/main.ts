/** The fabric as a program: settings from the environment, one line on stdout when ready, SIGTERM ends it. */
import { describeError, exitCodes, HarnessError } from '../core/index.ts'
import { readyPrefix, settingsVariable } from './contract.ts'
import type { Fabric } from './fabric.ts'
import { parseSettings } from './settings.ts'

const exit: typeof process.exit = process.exit.bind(process)
/** A connection that does not close must not keep the process: the runtime waits for it. */
const closeMs = 800

async function main(): Promise<void> {
  const settings = parseSettings(process.env[settingsVariable])
  // Site modules run in this process and have no use for its secrets.
  delete process.env[settingsVariable]
  // Loaded when the settings are known to be good: they fail faster this way.
  const { startFabric } = await import('./fabric.ts')
  const fabric = await startFabric(settings)
  surviveSites(fabric)
  const stop = (): void => {
    setTimeout(() => exit(), closeMs).unref()
    fabric[Symbol.asyncDispose]().then(() => exit(), fail)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(`${readyPrefix}${JSON.stringify(fabric.ready)}\n`)
}

/** Sites run in this process, which carries the traffic of everything: nothing that they do may end it. */
function surviveSites(fabric: Fabric): void {
  const take = (error: unknown): void => {
    if (fabric.takeUncaught(error)) return
    process.stderr.write(`${(error as Error).stack}\n`)
    fail(error)
  }
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
  process.exit = () => {
    throw new Error('code of a site called process.exit(), and the fabric has to go on')
  }
}

function fail(error: unknown): never {
  const hint = error instanceof HarnessError && error.hint ? `; ${error.hint}` : ''
  // One line, so that the runtime can repeat it.
  process.stderr.write(`fabric: ${describeError(error)}${hint}\n`.replaceAll(/\n(?!$)/g, ' '))
  const isInput = error instanceof HarnessError && error.code !== 'FABRIC_FAILED'
  exit(isInput ? exitCodes.usage : exitCodes.harness)
}

main().catch(fail)
