import type { Vitest } from 'vitest/node'
import { describeError } from '../core/index.ts'
import { Interrupts, exitCodeOf } from '../session/signals.ts'

type CancelReason = Parameters<Vitest['cancelCurrentRun']>[0]

const prepared = new WeakSet<Vitest>()

/**
 * Makes Vitest wait on SIGINT, SIGTERM and SIGHUP until what runs has cleaned up, and then end with 128 + the signal's number. Left
 * alone it ends at the first signal within a moment, and no hook of a test is called. A second signal ends the process at once: the
 * workers see that and end too, and each stack is stopped by its supervisor. Asked again for the same Vitest it does nothing.
 */
export function stopGracefully(vitest: Vitest): void {
  if (prepared.has(vitest)) return
  prepared.add(vitest)
  removeExitAtOnce()
  const interrupts = new Interrupts((signal) => {
    stop(vitest, signal).catch((error: unknown) => {
      vitest.logger.error(`stopping after ${signal} failed: ${describeError(error)}`)
      process.exit(exitCodeOf(signal))
    })
  })
  vitest.onClose(() => interrupts[Symbol.dispose]())
}

async function stop(vitest: Vitest, signal: string): Promise<void> {
  // Vitest sets the code of failed tests in between: the signal has the last word.
  process.once('exit', () => {
    process.exitCode = exitCodeOf(signal)
  })
  vitest.logger.log(
    `\n${signal}: undoing what was changed and stopping everything. Once more ends at once.`,
  )
  // Vitest hands any string on to the runners; its type names only those of its own.
  await vitest.cancelCurrentRun(signal as CancelReason)
  await vitest.exit(true)
}

/** Vitest listens by one function, which ends the process, to both signals and to 'exit'; on 'exit' it stays, to restore the terminal. */
function removeExitAtOnce(): void {
  const onExit = process.listeners('exit')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const listener of process.listeners(signal)) {
      const isVitests =
        listener.name === 'onExit' && onExit.some((other) => Object.is(other, listener))
      if (isVitests) process.off(signal, listener)
    }
  }
}
