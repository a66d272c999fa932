import { constants } from 'node:os'

const handled = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** 128 + the number of the signal, as shells have it. */
export function exitCodeOf(signal: string): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 2)
}

/**
 * The first signal aborts, its name being the reason, so that changes are undone and everything is torn down. The second ends the
 * process at once; what runs is then ended by its supervisor.
 */
export class Interrupts implements Disposable {
  readonly #controller = new AbortController()
  readonly #listeners = new Map<NodeJS.Signals, () => void>()

  constructor(onFirst: (signal: string) => void = () => undefined) {
    for (const name of handled) {
      const listener = () => {
        if (this.#controller.signal.aborted) process.exit(exitCodeOf(name))
        this.#controller.abort(name)
        onFirst(name)
      }
      this.#listeners.set(name, listener)
      process.on(name, listener)
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }
}
