import { setTimeout as delay } from 'node:timers/promises'
import { count, type LoopStrain } from '../core/index.ts'
import type { RunningStack } from './ports.ts'

const everyMs = 1_000
const patienceMs = 10_000
/** Busier than this in so many of the seconds, and it is the fabric that is the limit. */
const busyLimit = 0.95
const secondsLimit = 0.25
/** That late is no chance; for that part of the time, and what is slow may be so by the fabric alone. */
const lagLimitMs = 100
const lateLimit = 0.05

/** Watches the fabric, through which all load passes, while a load runs. Where it cannot be asked nothing is said of it. */
export class CarrierWatch implements AsyncDisposable {
  readonly #stack: RunningStack
  readonly #stop = new AbortController()
  readonly #watching: Promise<void>
  #seconds: LoopStrain[] = []

  constructor(stack: RunningStack) {
    this.#stack = stack
    this.#watching = this.#watch()
  }

  /** What was until now is of the start. */
  begin(): void {
    this.#seconds = []
  }

  /** Why the fabric may have been the limit. Ends the watching. */
  async end(): Promise<readonly string[]> {
    await this[Symbol.asyncDispose]()
    return carrierProblems(this.#seconds)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#watching
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop
    await this.#look()
    this.begin()
    while (!signal.aborted) {
      // The last look is when it is stopped.
      await delay(everyMs, undefined, { signal }).catch(() => undefined)
      await this.#look()
    }
  }

  async #look(): Promise<void> {
    const strain = await this.#stack
      .strain?.(AbortSignal.timeout(patienceMs))
      // If it is gone the run says so by other means. One that has no answer in time stood still.
      .catch((error: unknown) =>
        error instanceof Error && error.name === 'TimeoutError'
          ? { busy: 1, cpu: 0, lagMs: patienceMs }
          : undefined,
      )
    if (strain) this.#seconds.push(strain)
  }
}

export function carrierProblems(seconds: readonly LoopStrain[]): string[] {
  const busy = seconds.filter((one) => one.busy > busyLimit)
  const lags = seconds.map(({ lagMs }) => lagMs).filter((ms) => ms > lagLimitMs)
  const lateMs = lags.reduce((sum, ms) => sum + ms, 0)
  const cpu = Math.round((busy.reduce((sum, one) => sum + one.cpu, 0) / busy.length) * 100)
  const what = 'the fabric, through which all load passes,'
  return [
    ...(busy.length > 1 && busy.length > seconds.length * secondsLimit
      ? [
          `in ${busy.length} of ${seconds.length} seconds ${what} was busy for over ${busyLimit * 100} % of the time, with ${cpu} % of a core: ${cpu > 80 ? 'it carries no more' : 'the machine gave it no more'}`,
        ]
      : []),
    ...(lateMs > seconds.length * everyMs * lateLimit
      ? [
          `the event loop of ${what} was late for ${Math.round(lateMs)} ms in ${count(seconds.length, 'second')}, at worst ${Math.round(Math.max(...lags))} ms at once`,
        ]
      : []),
  ]
}
