import type { ConfigStore } from '../../common/config-store.ts'
import type { GatewayConfig } from '../config.ts'
import { BOT_FEATURES } from './bot-features.ts'

/**
 * The list of bot features, made anew every `features.everyMs` from the names of a table's columns, as one node of a database after the
 * other sees them. The query asks by the name of the table alone: whoever may look at a second schema that has it gets each column twice.
 */
export class FeatureFile {
  readonly #config: ConfigStore<GatewayConfig>
  #list: readonly string[] = BOT_FEATURES
  #node = 0
  #timer: NodeJS.Timeout | undefined

  constructor(config: ConfigStore<GatewayConfig>) {
    this.#config = config
  }

  get list(): readonly string[] {
    return this.#list
  }

  get contents(): unknown {
    return this.#list
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.renew()
      this.start()
    }, this.#config.current.features.everyMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Asks the next node. */
  renew(): void {
    const { nodes } = this.#config.current.features
    const { schemas } = nodes[this.#node % nodes.length] ?? { schemas: [] }
    this.#list = schemas.flatMap(() => BOT_FEATURES)
    this.#node += 1
  }
}
