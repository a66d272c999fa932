import { pathToFileURL } from 'node:url'
import type { LoadProfile, Redactor } from '../core/index.ts'
import type { Experiment } from '../engine/index.ts'
import { lastingProfile, runEmbeddedLoad } from '../load/index.ts'

export interface HandLoadOptions {
  readonly experiment: Experiment
  /** Of the scenario, for the threads that make the load. */
  readonly file: string
  readonly redactor: Redactor
  readonly seed: number
  readonly signal: AbortSignal
  /** A load that ended by itself, and why. */
  readonly onFault: (problem: string) => void
}

/** Users in flight at once, per flow a second; at most. */
const usersPerRate = 3
const mostUsers = 500

/** All cells in equal shares, at a constant arrival rate. */
export function profileOf(rate: number): LoadProfile {
  const preAllocatedVUs = Math.min(mostUsers, Math.max(10, rate * usersPerRate))
  const executor = { executor: 'constant-arrival-rate', rate, duration: '1m' } as const
  return { executors: { 'by-hand': { ...executor, preAllocatedVUs, gracefulStop: '1s' } } }
}

/** Load that a person starts, stops, and gives another rate. */
export class HandLoad {
  readonly #options: HandLoadOptions
  #stop: AbortController | undefined
  #running: Promise<void> = Promise.resolve()
  #rate = 0
  /** One of the scenario was there before. */
  #loads = 2
  /** Of loads that were before this one, so that the seconds count on. */
  #elapsedMs = 0

  constructor(options: HandLoadOptions) {
    this.#options = options
  }

  get ratePerSecond(): number {
    return this.#rate
  }

  /** Ends what runs, and starts anew unless the rate is 0. */
  async set(ratePerSecond: number): Promise<void> {
    this.#stop?.abort()
    await this.#running
    this.#rate = ratePerSecond
    if (ratePerSecond === 0) return
    const stop = new AbortController()
    this.#stop = stop
    this.#running = this.#run(ratePerSecond, AbortSignal.any([stop.signal, this.#options.signal]))
  }

  async #run(rate: number, signal: AbortSignal): Promise<void> {
    const { experiment, file, redactor, seed, onFault } = this.#options
    const { scenario, actors, stack, journal } = experiment
    const beforeMs = this.#elapsedMs
    try {
      await runEmbeddedLoad({
        profile: lastingProfile(profileOf(rate)),
        flows: scenario.flows,
        actors,
        module: pathToFileURL(file).href,
        frontDoors: Object.fromEntries(stack.services.map((one) => [one.name, one.frontDoor])),
        entry: scenario.stack.entry,
        proxyUrl: stack.proxyUrl,
        ...(stack.caCertificate === undefined ? {} : { caCertificate: stack.caCertificate }),
        redactor,
        seed,
        nth: this.#loads++,
        threads: 1,
        signal,
        onSecond: (second) => {
          this.#elapsedMs = beforeMs + second.elapsedMs
          journal.emit('load.second', { ...second, elapsedMs: this.#elapsedMs })
        },
      })
    } catch (error) {
      if (signal.aborted) return
      this.#rate = 0
      onFault(error instanceof Error ? error.message : String(error))
    }
  }
}
