import type { FastifyInstance } from 'fastify'
import type { ConfigStore } from '../../common/config-store.ts'
import { headerText } from '../../common/public-server.ts'
import type { GatewayConfig } from '../config.ts'
import type { FlowWatch } from './flow-watch.ts'
import type { StatusMonitor } from './status-monitor.ts'
import { renderStatusPage } from './status-page.ts'

/** Open to everybody: it belongs to no endpoint, so no plan and no app is asked for. */
export function addStatusRoutes(app: FastifyInstance, monitor: StatusMonitor): void {
  app.get('/status', { config: { quiet: true } }, (request, reply) => {
    reply.header('cache-control', 'no-store').header('vary', 'accept')
    const report = monitor.report()
    // Browsers name text/html; programs send */* or name JSON.
    const accept = headerText(request, 'accept') ?? ''
    if (!accept.includes('text/html')) return reply.send(report)
    return reply.type('text/html; charset=utf-8').send(renderStatusPage(report))
  })
}

export function watchFlows(
  app: FastifyInstance,
  flows: FlowWatch,
  config: ConfigStore<GatewayConfig>,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { endpoint } = request.routeOptions.config
    if (endpoint !== undefined && request.app?.firstParty === true) {
      flows.record(endpoint, reply.statusCode, config.current.status.degradeAfter.windowMs)
    }
    done()
  })
}
