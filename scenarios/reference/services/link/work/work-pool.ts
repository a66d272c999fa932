import type { ConfigStore } from '../../common/config-store.ts'
import { timeLimitMs, type LinkConfig } from '../config.ts'
import { Slots } from './slots.ts'

/** The work did not begin, or did not end, within the limit of `fetch.timeoutMs`. */
export class OverdueError extends Error {
  override readonly name = 'OverdueError'
}

/** What the service does at the same time: `fetch.concurrency` pieces of work, whatever kind they are; the others wait their turn. */
export class WorkPool {
  readonly #config: ConfigStore<LinkConfig>
  readonly #slots: Slots

  constructor(config: ConfigStore<LinkConfig>) {
    this.#config = config
    this.#slots = new Slots(() => config.current.fetch.concurrency)
  }

  get contents(): unknown {
    return this.#slots.contents
  }

  /** Throws OverdueError when the time is over, the wait included; the task hears of it by the signal. */
  async run<T>(task: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const controller = new AbortController()
    const { signal } = controller
    const limitMs = timeLimitMs(this.#config.current)
    const timer = limitMs === undefined ? undefined : setTimeout(() => controller.abort(), limitMs)
    try {
      return await this.#slots.run(signal, async () => task(signal))
    } catch (error) {
      if (!signal.aborted) throw error
      throw new OverdueError(`not done within ${String(limitMs)} ms`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}
