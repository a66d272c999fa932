import type { ConfigStore } from '../../common/config-store.ts'
import type { GatewayConfig, UpstreamPlan } from '../config.ts'

/** Which addresses of the services behind the gateway are in use: the plan of the configuration, or with the guard the last one that made sense. */
export class UpstreamPlans {
  readonly #config: ConfigStore<GatewayConfig>
  #inForce: UpstreamPlan

  constructor(config: ConfigStore<GatewayConfig>) {
    this.#config = config
    this.#inForce = config.current.upstreams
  }

  get contents(): unknown {
    return this.#inForce
  }

  addressesOf(service: 'media' | 'link'): readonly string[] {
    const { upstreams, guards } = this.#config.current
    if (!guards.upstreamPlans || isAcceptable(upstreams, this.#inForce)) this.#inForce = upstreams
    return this.#inForce[service]
  }
}

/** No service is without addresses, and the plan is no older than the one in force. Pure. */
export function isAcceptable(plan: UpstreamPlan, inForce: UpstreamPlan): boolean {
  const { generation, media, link } = plan
  return generation >= inForce.generation && media.length > 0 && link.length > 0
}
