import type { GatewayConfig } from '../config.ts'

/**
 * How likely a request comes from a bot, 0 to 1, from the features of a list. The room for their values is reserved once and
 * not for each request, so a list must fit in `features.max`.
 */
export class BotScore {
  #values = new Float32Array(0)
  /** The last list that fitted. */
  #fitting: readonly string[] = []

  get contents(): unknown {
    return { values: [...this.#values], fitting: this.#fitting }
  }

  /** Throws a RangeError when the list does not fit and nothing guards against that. */
  of(
    { features: { max }, guards }: GatewayConfig,
    list: readonly string[],
    subject: string,
  ): number {
    if (this.#values.length !== max) this.#values = new Float32Array(max)
    if (list.length <= max) this.#fitting = list
    const features = guards.refuseOversizedFeatures ? this.#fitting : list
    if (features.length === 0) return 0
    this.#values.set(features.map((feature) => valueOf(feature, subject)))
    return mean(this.#values.subarray(0, features.length))
  }
}

/** FNV-1a, as a number from 0 to 1. */
function valueOf(feature: string, subject: string): number {
  let hash = 0x811c9dc5
  for (const text of [feature, subject]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0) / 2 ** 32
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
