import {
  count,
  HalfInjected,
  HarnessError,
  describeError,
  type Fault,
  type InjectedFault,
  type Step,
} from '../core/index.ts'
import { optionProblems } from './option-problems.ts'
import { passes } from './service-fault.ts'

export interface Timing {
  /** From the step on, until it comes for the first time, in ms. Default 0. */
  readonly afterMs?: number
  /** How long it stays, in ms. */
  readonly forMs: number
  /** From one coming to the next, in ms, more than `forMs`. Absent: it comes once. */
  readonly everyMs?: number
  /** How often it comes. Default: until the step is undone, with `everyMs`. */
  readonly times?: number
}

const maxMs = 600_000

/**
 * A fault that comes and goes by itself while the run goes on, also through later steps: at a moment, for a span, repeating.
 * `timed(linkFault(…), { forMs: 300, everyMs: 1000 })` flaps. Its effects may come or not.
 */
export function timed(fault: Fault, timing: Timing): Fault {
  const { afterMs = 0, forMs, everyMs, times } = timing
  const when = [
    ...(afterMs > 0 ? [`after ${afterMs} ms`] : []),
    `for ${forMs} ms`,
    ...(everyMs === undefined ? [] : [`every ${everyMs} ms`]),
    ...(times === undefined ? [] : [count(times, 'time')]),
  ].join(', ')
  return {
    ...fault,
    title: `${fault.title}, ${when}`,
    summary: `${fault.summary}, ${when}`,
    intermittent: true,
    momentary: false,
    effects: fault.effects.map((effect) => ({ ...effect, optional: true })),
    validate: (stack) => [
      ...timingProblems(timing),
      ...((fault as Step).kind === 'fault'
        ? fault.validate(stack)
        : ['timed() takes a fault: a change stays until a step undoes it']),
    ],
    inject: (system, signal, tell) => {
      const explain = [`${fault.summary}, ${when}`]
      const cycle = new Cycle(fault, timing, (limit) => fault.inject(system, limit, tell), tell)
      signal.throwIfAborted()
      return Promise.resolve(cycle.begin(explain))
    },
  }
}

function timingProblems(timing: Timing): string[] {
  const { afterMs = 0, forMs, everyMs, times = 1 } = timing
  const isSpan = (ms: number, least: number) => ms >= least && ms <= maxMs
  return [
    ...optionProblems(timing, {
      afterMs: 'number',
      forMs: 'number',
      everyMs: 'number',
      times: 'number',
    }),
    ...(isSpan(afterMs, 0) ? [] : [`afterMs is ${afterMs}: use 0 to ${maxMs} ms`]),
    ...(isSpan(forMs, 1) ? [] : [`forMs is ${forMs}: use 1 to ${maxMs} ms`]),
    ...(everyMs === undefined || (everyMs > forMs && everyMs <= maxMs)
      ? []
      : [`everyMs is ${everyMs}: use more than forMs, ${maxMs} ms at most`]),
    ...(Number.isInteger(times) && times >= 1
      ? []
      : [`times is ${times}: use a whole number from 1`]),
    ...(times > 1 && everyMs === undefined ? ['times is of no use without everyMs'] : []),
  ]
}

/** One fault, in force now and then. */
class Cycle {
  readonly #over = new AbortController()
  readonly #fault: Fault
  readonly #timing: Timing
  readonly #inject: (signal: AbortSignal) => Promise<InjectedFault>
  readonly #tell: (text: string) => void
  #injected: InjectedFault | undefined
  /** Why it did nothing so far. */
  #idle: string | undefined
  #failure: unknown
  #running: Promise<void> = Promise.resolve()

  constructor(
    fault: Fault,
    timing: Timing,
    inject: (signal: AbortSignal) => Promise<InjectedFault>,
    tell: (text: string) => void,
  ) {
    this.#fault = fault
    this.#timing = timing
    this.#inject = inject
    this.#tell = tell
  }

  begin(explain: readonly string[]): InjectedFault {
    this.#idle = `it was undone before it came for the first time, ${this.#timing.afterMs ?? 0} ms after the step`
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = error
      this.#tell(`it does not go on: ${describeError(error)}`)
    })
    return {
      on: [this.#fault.where ?? this.#fault.name],
      explain,
      healTimeoutMs: 60_000,
      heal: (signal) => this.#heal(signal),
    }
  }

  async #run(): Promise<void> {
    const {
      afterMs = 0,
      forMs,
      everyMs,
      times = everyMs === undefined ? 1 : Infinity,
    } = this.#timing
    const { signal } = this.#over
    let waitMs = afterMs
    for (let i = 0; i < times && (await passes(waitMs, signal)); i += 1) {
      // It is not cut off by the end: what it did is to be known, so that it can be healed.
      this.#injected = await this.#comes()
      this.#tell(`comes: ${this.#injected.explain.join('; ')}`)
      if (!(await passes(forMs, signal))) return
      await this.#end(AbortSignal.timeout(this.#injected.healTimeoutMs ?? 5_000))
      this.#tell('goes')
      waitMs = (everyMs ?? forMs) - forMs
    }
  }

  /** What came in part is healed with the step. */
  async #comes(): Promise<InjectedFault> {
    try {
      return await this.#inject(new AbortController().signal)
    } catch (error) {
      if (error instanceof HalfInjected) this.#injected = { ...error.injected, explain: [] }
      throw error
    }
  }

  async #end(signal: AbortSignal): Promise<void> {
    if (!this.#injected) return
    const why = await this.#injected.heal(signal)
    this.#injected = undefined
    // Once is enough.
    if (this.#idle !== undefined) this.#idle = why ?? undefined
  }

  /** A fault that could not come or go when it was to is told of here, once nothing of it is in force any more. */
  async #heal(signal: AbortSignal): Promise<string | undefined> {
    this.#over.abort()
    await this.#running
    await this.#end(signal)
    if (this.#failure === undefined) return this.#idle
    const message = `it could not come and go as it was to: ${describeError(this.#failure)}`
    throw new HarnessError('REPLICA_FAILED', message, { cause: this.#failure })
  }
}
