import { setTimeout as delay } from 'node:timers/promises'
import type { UpstreamAddress } from '../../fabric/contract.ts'
import type { FabricClient } from '../../fabric/client.ts'

const drainMs = 2_000
const drainEveryMs = 20

/** Which replicas of a service take traffic. The fabric is told of each change, one after the other. */
export class Roster {
  readonly #fabric: FabricClient
  readonly #service: string
  readonly #addresses = new Map<string, UpstreamAddress>()
  #telling: Promise<void> = Promise.resolve()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(fabric: FabricClient, service: string) {
    this.#fabric = fabric
    this.#service = service
  }

  async admit(address: UpstreamAddress, signal: AbortSignal): Promise<void> {
    this.#addresses.set(address.id, address)
    await this.#tell(signal)
  }

  /** One whose program has ended: it stays among those that are asked, as if its machine were still there. */
  async refuse(id: string, signal: AbortSignal): Promise<void> {
    const address = this.#addresses.get(id)
    if (!address) return
    // Whoever ended it and whoever heard of its end say so: the fabric is told once.
    if (address.refuses) return this.#telling
    this.#addresses.set(id, { ...address, refuses: true })
    await this.#tell(signal)
  }

  /** Returns when no request of the front door and of links is in flight to the replica any more, or after two seconds. */
  async withdraw(id: string, signal: AbortSignal): Promise<void> {
    if (!this.#addresses.delete(id)) return
    await this.#tell(signal)
    const deadline = performance.now() + drainMs
    while (
      performance.now() < deadline &&
      (await this.#fabric.draining(this.#service, signal)) > 0
    ) {
      await delay(drainEveryMs, undefined, { signal })
    }
  }

  /** Runs tasks that take a replica away one after the other, so that the others go on serving. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task)
    // The next in turn does not care how this one ended.
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const told = this.#telling.then(() =>
      this.#fabric.setUpstreams(this.#service, [...this.#addresses.values()], signal),
    )
    // Whoever waits for it hears of a failure; those that come after try again with the list as it is then.
    this.#telling = told.catch(() => undefined)
    await told
  }
}
