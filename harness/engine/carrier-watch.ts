import { count, type LoopStrain } from '../core/index.ts'
import type { Clock, RunningStack } from './ports.ts'

const everyMs = 1_000
const patienceMs = 10_000
/** Busier than this in so many of the seconds, and it is the fabric that is the limit. */
const busyLimit = 0.95
const secondsLimit = 0.25
/** That late is no chance; for that part of the time, and what is slow may be so by the fabric alone. */
const lagLimitMs = 100
const lateLimit = 0.05

/** What it went through since the look before, and how long ago that was, in ms. */
export interface StrainSeen extends LoopStrain {
  readonly spanMs: number
}

/** Watches the fabric, through which all load passes, while a load runs. Where it cannot be asked nothing is said of it. */
export class CarrierWatch implements AsyncDisposable {
  readonly #stack: RunningStack
  readonly #clock: Clock
  readonly #stop = new AbortController()
  readonly #watching: Promise<void>
  #seen: StrainSeen[] = []
  #sinceMs: number

  constructor(stack: RunningStack, clock: Clock) {
    this.#stack = stack
    this.#clock = clock
    this.#sinceMs = clock.now()
    this.#watching = this.#watch()
  }

  /** What was until now is of the start. */
  begin(): void {
    this.#seen = []
    this.#sinceMs = this.#clock.now()
  }

  /** Why the fabric may have been the limit. Ends the watching. */
  async end(): Promise<readonly string[]> {
    await this[Symbol.asyncDispose]()
    return carrierProblems(this.#seen)
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
      await this.#clock.sleep(everyMs, signal)
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
    if (!strain) return
    const nowMs = this.#clock.now()
    // A late fabric answers late, too.
    this.#seen.push({ ...strain, spanMs: Math.max(everyMs, nowMs - this.#sinceMs) })
    this.#sinceMs = nowMs
  }
}

/** What a load found out about itself, and what else may have been the limit. */
export function withProblems<T extends { readonly problems: readonly string[] }>(
  selfCheck: T,
  more: readonly string[],
) {
  const problems = [...selfCheck.problems, ...more]
  return { ...selfCheck, ok: problems.length === 0, problems }
}

export function carrierProblems(seen: readonly StrainSeen[]): string[] {
  const totalMs = seen.reduce((sum, { spanMs }) => sum + spanMs, 0)
  const busy = seen.filter((one) => one.busy > busyLimit)
  const busyMs = busy.reduce((sum, { spanMs }) => sum + spanMs, 0)
  const seconds = (ms: number) => Math.round(ms / 1_000)
  const lags = seen.map(({ lagMs }) => lagMs).filter((ms) => ms > lagLimitMs)
  const lateMs = lags.reduce((sum, ms) => sum + ms, 0)
  const cpu = Math.round((busy.reduce((sum, one) => sum + one.cpu, 0) / busy.length) * 100)
  const what = 'the fabric, through which all load passes,'
  return [
    ...(busy.length > 1 && busyMs > totalMs * secondsLimit
      ? [
          `in ${seconds(busyMs)} of ${seconds(totalMs)} seconds ${what} was busy for over ${busyLimit * 100} % of the time, with ${cpu} % of a core: ${cpu > 80 ? 'it carries no more' : 'the machine gave it no more'}`,
        ]
      : []),
    ...(lateMs > totalMs * lateLimit
      ? [
          `the event loop of ${what} was late for ${Math.round(lateMs)} ms in ${count(seconds(totalMs), 'second')}, at worst ${Math.round(Math.max(...lags))} ms at once`,
        ]
      : []),
  ]
}
