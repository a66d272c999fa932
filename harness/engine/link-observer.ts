import {
  actorsName,
  addLinkCounts,
  linkCountsSince,
  type Emit,
  type LinkCount,
} from '../core/index.ts'
import type { Clock, RunningStack } from './ports.ts'
import { roundMs } from './round-ms.ts'

const everyMs = 1_000
/** After so many events the pauses between them double, so that the journal of a long run stays small. */
const eventsPerPause = 600
const patienceMs = 2_000

/** Copies what passes through links into the journal, so that each count falls into one window. */
export class LinkObserver {
  readonly #stack: RunningStack
  readonly #emit: Emit
  readonly #clock: Clock
  /** Who asks the outside, by the name that the fabric has for them. */
  readonly #names: ReadonlyMap<string, string>
  #known: readonly LinkCount[] = []
  #window: string | undefined
  #sinceMs: number
  #events = 0
  #last: Promise<void> = Promise.resolve()

  constructor(stack: RunningStack, emit: Emit, clock: Clock) {
    this.#stack = stack
    this.#emit = emit
    this.#clock = clock
    const services = stack.replicas.map(({ id, service }) => [id, service] as const)
    this.#names = new Map([['actor', actorsName], ...services])
    this.#sinceMs = clock.now()
  }

  /** Counts until the signal fires, and then once more. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(everyMs * 2 ** Math.floor(this.#events / eventsPerPause), signal)
      await this.count()
    }
  }

  /** What passed so far belongs to the window before, what comes to this one; undefined: to none. Never rejects. */
  async enter(window: string | undefined): Promise<void> {
    await this.count()
    this.#window = window
  }

  /** Writes down what passed since the last time. What could not be read is read the next time. */
  count(): Promise<void> {
    this.#last = this.#last.then(() => this.#count())
    return this.#last
  }

  async #count(): Promise<void> {
    let told: readonly LinkCount[] | undefined
    try {
      told = await this.#stack.counted?.(AbortSignal.timeout(patienceMs))
    } catch {
      // The fabric is busy or gone; if it stays away, the run says so by other means.
      return
    }
    if (!told) return
    const counts = addLinkCounts(
      told.map((one) => ({ ...one, from: this.#names.get(one.from) ?? one.from })),
    )
    const links = linkCountsSince(this.#known, counts)
    const sinceMs = this.#sinceMs
    this.#known = counts
    this.#sinceMs = this.#clock.now()
    if (links.length === 0) return
    this.#events += 1
    const window = this.#window
    this.#emit('links.counted', {
      sinceMs: roundMs(sinceMs),
      ...(window === undefined ? {} : { window }),
      links,
    })
  }
}
