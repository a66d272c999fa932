import type { GatewayConfig } from './config.ts'

/** How many posts an account may publish in a day, as the quota data says. */
export class Quota {
  /** The last number that there was. */
  #known: number | undefined

  constructor(config: GatewayConfig) {
    this.#known = config.quota.publishPerDay
  }

  get contents(): unknown {
    return this.#known
  }

  /** Undefined: as many as one likes. Call it when the configuration changes too, so that a number is known before it goes. */
  postsPerDay(config: GatewayConfig): number | undefined {
    const { publishPerDay } = config.quota
    if (publishPerDay !== undefined) this.#known = publishPerDay
    if (config.guards.keepLastQuota) return this.#known
    // A counter without a limit is a counter whose limit is 0.
    return publishPerDay ?? 0
  }
}
