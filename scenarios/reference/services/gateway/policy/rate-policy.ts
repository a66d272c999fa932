import type { Clock } from '../../common/lru-cache.ts'
import type { PolicyRule } from '../config.ts'
import type { EndpointId } from '../endpoints.ts'

const MINUTE_MS = 60_000

/** How many requests an app may make in a minute, by the rules that apply to the endpoint. Counted by each replica for itself. */
export class RatePolicy {
  readonly #clock: Clock
  readonly #counts = new Map<string, number>()
  #minute = 0

  constructor(clock: Clock = Date) {
    this.#clock = clock
  }

  /** Counts a request. The id of the rule by which the app has had its share, if there is one. */
  exceeded(rules: readonly PolicyRule[], appId: string, endpoint: EndpointId): string | undefined {
    this.#forgetLastMinute()
    for (const rule of rules) {
      if (rule.route !== '*' && rule.route !== endpoint) continue
      const { perMinute } = rule.limit
      const key = `${rule.id} ${appId}`
      const count = (this.#counts.get(key) ?? 0) + 1
      this.#counts.set(key, count)
      if (count > perMinute) return rule.id
    }
    return undefined
  }

  #forgetLastMinute(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#counts.clear()
  }
}

/** The rules that count. A field that was left blank comes as null, which the schema lets through; with the guard such a rule is passed over. Pure. */
export function rulesInForce(rules: readonly PolicyRule[], skipBlank: boolean): PolicyRule[] {
  return rules.filter(({ limit }) => !skipBlank || (limit as PolicyRule['limit'] | null) !== null)
}
