import type { GatewayConfig } from '../config.ts'
import type { EndpointId } from '../endpoints.ts'
import type { App } from './app-directory.ts'

const FREE_PLAN = 'free'

/** Whether the plan of the app includes the endpoint. Pure. */
export function planAllows(config: GatewayConfig, app: App, endpoint: EndpointId): boolean {
  const { plan, guards } = config
  if (!plan.enforce) return true
  const plansWithAccess = plan.endpoints[endpoint]
  if (plansWithAccess === undefined) return true
  if (plan.exemptClients.includes(app.id)) return true
  if (guards.exemptOwnServices && (app.firstParty || app.kind === 'service')) return true
  const planOfApp = Object.hasOwn(plan.clients, app.id) ? plan.clients[app.id] : undefined
  return plansWithAccess.includes(planOfApp ?? FREE_PLAN)
}

export function planRefusalMessage(docsUrl: string): string {
  return `Your current API plan does not include access to this endpoint, please see ${docsUrl} for more information`
}
