import { Ajv } from 'ajv'
import { HarnessError, describeError, type JournalEvent } from '../core/index.ts'
import type { Gives, LiveAction, LiveState, Takes } from '../report/index.ts'
import type { Action } from './action.ts'
import { actions } from './actions/index.ts'
import type { Bench } from './bench.ts'

export type ActResult =
  | { readonly kind: 'done'; readonly output: unknown }
  /** What was asked for cannot be understood. */
  | { readonly kind: 'invalid'; readonly message: string }
  /** It makes no sense now, or failed; or something else is being done, and it may be asked for again. */
  | { readonly kind: 'refused' | 'busy'; readonly message: string }

/** What fails of these concerns everyone who looks on; whoever uses a tool is told there what is wrong with its input. */
const ofTheChange: ReadonlySet<LiveAction> = new Set(['apply', 'undo', 'roll-out', 'undo-step'])

const ajv = new Ajv({ allErrors: true })
const checks = Object.fromEntries(
  Object.entries(actions).map(([name, { takes }]) => [name, ajv.compile(takes)]),
)

/** Something else is being done. */
class Busy extends HarnessError {}

/** A running system on which a person acts: by actions, one after the other where they alter something. */
export class Workbench {
  #bench: Bench | undefined
  #busy: string | undefined
  #problem: string | undefined
  #ended = false
  #last: Promise<unknown> = Promise.resolve()

  readonly listen = (event: JournalEvent): void => this.#bench?.recent.take(event)

  /** From here on a person may act. */
  open(bench: Bench): void {
    this.#bench = bench
  }

  /** Nobody can act from here on. Resolves when what was begun is done, and load that was started is gone. */
  async close(): Promise<void> {
    const bench = this.#bench
    this.#ended = true
    await this.#last
    await bench?.options.load.set(0)
    this.#bench = undefined
  }

  get state(): LiveState {
    return {
      change: this.#change(),
      ...(this.#busy === undefined ? {} : { busy: this.#busy }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      inForce: (this.#bench?.inForce() ?? []).map(({ step, on, byHand }) => ({
        step: step.name,
        title: step.title,
        on,
        byHand: byHand !== undefined,
      })),
      rollOuts: this.#rollOuts(),
      loadPerSecond: this.#bench?.options.load.ratePerSecond ?? 0,
      system: this.#bench?.options.system ?? null,
    }
  }

  /** For the page: whatever it sends is checked first. */
  async actOn(name: string, input: unknown): Promise<ActResult> {
    if (!Object.hasOwn(actions, name)) return { kind: 'invalid', message: `no action '${name}'` }
    const check = checks[name]
    if (check && !check(input)) {
      return { kind: 'invalid', message: ajv.errorsText(check.errors, { dataVar: name }) }
    }
    try {
      return { kind: 'done', output: await this.act(name as LiveAction, input as never) }
    } catch (error) {
      return { kind: error instanceof Busy ? 'busy' : 'refused', message: describeError(error) }
    }
  }

  /** Throws why it could not be done. What alters something is not begun while something else does. */
  async act<A extends LiveAction>(name: A, input: Takes<A>): Promise<Gives<A>> {
    const bench = this.#bench
    if (!bench || this.#ended) throw new HarnessError('USAGE', 'nobody can act now')
    const action = actions[name] as unknown as Action<A>
    const text = action.says?.(input)
    if (text === undefined) return action.run(bench, input)
    if (this.#busy !== undefined) {
      throw new Busy('USAGE', `not now: ${this.#busy}`)
    }
    this.#busy = text
    this.#problem = undefined
    bench.experiment.journal.emit('hand.acted', { action: name, text })
    const running = action.run(bench, input)
    this.#last = running.catch((error: unknown) => {
      if (ofTheChange.has(name)) this.#problem = `${text}: ${describeError(error)}`
    })
    try {
      return await running
    } finally {
      this.#busy = undefined
    }
  }

  /** What went wrong without having been asked for just now. */
  fault(problem: string): void {
    this.#problem = problem
  }

  #change(): LiveState['change'] {
    if (this.#ended) return 'ended'
    const bench = this.#bench
    if (!bench) return 'starting'
    const own = bench.inForce().filter(({ byHand }) => !byHand)
    if (own.length === 0) return 'not-applied'
    return own.some((one) => bench.isPartial(one)) ? 'partly' : 'applied'
  }

  #rollOuts(): LiveState['rollOuts'] {
    const bench = this.#bench
    return (bench?.scenario.steps ?? []).flatMap((step) => {
      const next = step.kind === 'change' ? bench?.nextReplica(step) : undefined
      return next === undefined ? [] : [{ step: step.name, title: step.title, next }]
    })
  }
}
