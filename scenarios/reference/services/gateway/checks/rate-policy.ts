import type { Clock } from '../../common/lru-cache.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import type { GatewayConfig, PolicyRule } from '../config.ts'
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

  get contents(): unknown {
    return [...this.#counts]
  }

  /** Throws an HttpError when the app has had its share. */
  check(config: GatewayConfig, appId: string, endpoint: EndpointId): void {
    this.#forgetLastMinute()
    for (const rule of config.policy.rules) {
      if (rule.route !== '*' && rule.route !== endpoint) continue
      if (config.guards.skipBlankPolicies && isBlank(rule)) continue
      const { perMinute } = rule.limit
      const key = `${rule.id} ${appId}`
      const count = (this.#counts.get(key) ?? 0) + 1
      this.#counts.set(key, count)
      if (count > perMinute) throw tooMany(rule.id)
    }
  }

  #forgetLastMinute(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#counts.clear()
  }
}

/** A field that was left blank comes as null, which the schema lets through. */
function isBlank(rule: PolicyRule): boolean {
  return (rule.limit as PolicyRule['limit'] | null) === null
}

function tooMany(ruleId: string): HttpError {
  const headers = { 'retry-after': '60' }
  return new HttpError(429, ErrorCode.quotaExceeded, `Too many requests, by the rule '${ruleId}'`, {
    headers,
  })
}
