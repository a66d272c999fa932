import type { GatewayConfig, Tenant } from '../config.ts'

type Matcher = (path: string) => string | undefined

/** Whose content a path is. What tenants have in the cache is kept apart by this. */
export class Tenants {
  #compiledFrom: GatewayConfig | undefined
  #matcher: Matcher = () => undefined

  /** The name of the tenant; undefined for what is nobody's. */
  ownerOf(config: GatewayConfig, path: string): string | undefined {
    if (this.#compiledFrom !== config) {
      const compile = config.guards.isolateTenants ? compileEach : compileTogether
      this.#matcher = compile(config.tenants)
      this.#compiledFrom = config
    }
    return this.#matcher(path)
  }
}

/** One expression for all tenants: a path is matched once, however many there are. */
function compileTogether(tenants: GatewayConfig['tenants']): Matcher {
  const branches = Object.entries(tenants).map(
    ([name, tenant]) => `(?<${name}>${sourceOf(tenant)})`,
  )
  const expression = new RegExp(`^(?:${branches.join('|')})$`)
  return (path) => {
    const groups = expression.exec(path)?.groups ?? {}
    return Object.keys(groups).find((name) => groups[name] !== undefined)
  }
}

/** Each tenant by itself: one whose key cannot be used has no part in the cache, and the others do not notice. */
function compileEach(tenants: GatewayConfig['tenants']): Matcher {
  const matchers = Object.entries(tenants).flatMap(([name, tenant]) => {
    try {
      return [{ name, expression: new RegExp(`^(?:${sourceOf(tenant)})$`) }]
    } catch {
      // Said by the name that is missing in the log lines of this tenant's requests.
      return []
    }
  })
  return (path) => matchers.find(({ expression }) => expression.test(path))?.name
}

/** `/media/*` is all below /media. */
function sourceOf({ cacheKey }: Tenant): string {
  return cacheKey.replaceAll('/*', '/.*')
}
