import {
  FlowFailure,
  type Actor,
  type Flow,
  type FlowContext,
  type HttpClient,
  type Random,
} from '../core/index.ts'
import { Deadline } from './deadline.ts'

const defaultTimeoutMs = 5_000
/** The request under way fails so much earlier than its flow, and shows its exchange. */
const afterRequestMs = 10

/** What a flow threw: it may be undefined. */
export interface Failed {
  readonly error: unknown
}

/** A flow under way: its deadline, and what it is given. One object, since each counts where there are thousands a second. */
export class FlowRun extends Deadline implements FlowContext {
  readonly actor: Actor
  readonly random: Random
  readonly iteration: number
  readonly http: HttpClient
  readonly #flow: Flow
  readonly #timeoutMs: number
  #ended: ((failed?: Failed) => void) | undefined

  /** `startMs` is on the clock of the load. */
  constructor(
    flow: Flow,
    actor: Actor,
    random: Random,
    iteration: number,
    startMs: number,
    clientFor: (actor: Actor, deadline: Deadline) => HttpClient,
  ) {
    const timeoutMs = flow.timeoutMs ?? defaultTimeoutMs
    super(startMs + timeoutMs)
    this.#flow = flow
    this.#timeoutMs = timeoutMs
    this.actor = actor
    this.random = random
    this.iteration = iteration
    this.http = clientFor(actor, this)
  }

  get flowId(): string {
    return this.#flow.id
  }

  get startMs(): number {
    return this.endsMs - this.#timeoutMs
  }

  /** Once. `ended` is told what the flow threw, whatever it is, or FlowFailure 'timeout' when its time was over, also of one that does not look at its signal. */
  perform(ended: (failed?: Failed) => void): void {
    this.#ended = ended
    try {
      this.#flow.run(this).then(
        () => this.#end(),
        (error: unknown) => this.#end({ error }),
      )
    } catch (error) {
      // Of one that is not async.
      this.#end({ error })
    }
  }

  override expire(): void {
    if (this.expired) return
    super.expire()
    const error = new FlowFailure('timeout', `not done within ${this.#timeoutMs} ms`)
    setTimeout(() => this.#end({ error }), afterRequestMs)
  }

  #end(failed?: Failed): void {
    const ended = this.#ended
    this.#ended = undefined
    ended?.(failed)
  }
}
