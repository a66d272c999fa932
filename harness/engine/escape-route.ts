import { describeError, type ConfigPort, type EventBody } from '../core/index.ts'
import type { Clock, RunningReplica } from './ports.ts'

const everyMs = 250
const timeoutMs = 2_000

type Checked = EventBody<'escape.checked'>

/** While a change is live, reads the configuration of the replicas that have it: the way by which it would be undone. */
export class EscapeRoute {
  readonly change: string
  readonly #stop = new AbortController()
  readonly #watches: Promise<Checked>[]

  constructor(change: string, replicas: readonly RunningReplica[], clock: Clock) {
    this.change = change
    this.#watches = replicas.flatMap(({ id, config }) =>
      config ? [this.#watch(change, id, config, clock)] : [],
    )
  }

  /** Ends watching; what was seen, for each replica that has a configuration. */
  async close(): Promise<readonly Checked[]> {
    this.#stop.abort()
    return Promise.all(this.#watches)
  }

  async #watch(change: string, replica: string, config: ConfigPort, clock: Clock) {
    const { signal } = this.#stop
    let [reads, failing, failedInARow] = [0, 0, 0]
    let message: string | undefined
    while (!signal.aborted) {
      try {
        await config.read(AbortSignal.timeout(timeoutMs))
        failing = 0
      } catch (error) {
        failing += 1
        message ??= describeError(error)
      }
      reads += 1
      failedInARow = Math.max(failedInARow, failing)
      await clock.sleep(everyMs, signal)
    }
    return { change, replica, reads, failedInARow, ...(message === undefined ? {} : { message }) }
  }
}
