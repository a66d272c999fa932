import type { FastifyInstance } from 'fastify'
import { databaseContents, isSeeded, openDatabase } from '../common/database.ts'
import {
  readServiceOptions,
  requiredUrl,
  type Environment,
  type ServiceOptions,
} from '../common/environment.ts'
import { MovableClock } from '../common/movable-clock.ts'
import { createPublicServer } from '../common/public-server.ts'
import { openConfig, serve, type RunningService } from '../common/running-service.ts'
import { Upstream } from '../common/upstream.ts'
import { developmentKey } from '../seed-facts.ts'
import { Accounts } from './access/accounts.ts'
import { AppDirectory } from './access/app-directory.ts'
import { addGatekeeper, addIdentification } from './access/gatekeeper.ts'
import { Sessions } from './access/sessions.ts'
import { addChecks, type CheckParts } from './checks/checks.ts'
import { FeatureFile } from './checks/feature-file.ts'
import { gatewayConfig } from './config.ts'
import { Authors } from './content/authors.ts'
import { Backend } from './content/backend.ts'
import { EdgeCache } from './content/edge-cache.ts'
import { Posts } from './content/posts.ts'
import { RedirectCache } from './content/redirect-cache.ts'
import { GATEWAY_SCHEMA, seedGateway } from './content/seed.ts'
import { Throttle } from './content/throttle.ts'
import { UpstreamPlans } from './content/upstream-plans.ts'
import type { GatewayParts } from './parts.ts'
import { PolicyTasks } from './policy/policy-tasks.ts'
import { Quota } from './quota.ts'
import { addApiRoutes } from './routes/api-routes.ts'
import { addLinkRoutes } from './routes/link-routes.ts'
import { addMediaRoutes } from './routes/media-routes.ts'
import { addPostRoutes } from './routes/post-routes.ts'
import { addSessionRoutes } from './routes/session-routes.ts'
import { FlowWatch } from './status/flow-watch.ts'
import { createHealthProbe } from './status/health-probe.ts'
import { StatusMonitor } from './status/status-monitor.ts'
import { addStatusRoutes, watchFlows } from './status/status-routes.ts'

export interface GatewayOptions extends ServiceOptions {
  mediaUrl: string
  linkUrl: string
  /** Keys by which the site's services prove who they are, by app id. */
  serviceKeys: Readonly<Record<string, string>>
  /** What tasks of the policies run. Default: the file beside this one; in a bundle there is none. */
  taskProgram?: URL
}

export function readGatewayOptions(env: Environment): GatewayOptions {
  return {
    ...readServiceOptions('gateway', env),
    mediaUrl: requiredUrl(env, 'MEDIA_URL'),
    linkUrl: requiredUrl(env, 'LINK_URL'),
    serviceKeys: {
      'svc-media': env['SERVICE_KEY_MEDIA'] || developmentKey('svc-media'),
      'svc-link': env['SERVICE_KEY_LINK'] || developmentKey('svc-link'),
    },
  }
}

export async function startGateway(options: GatewayOptions): Promise<RunningService> {
  const config = await openConfig(gatewayConfig, options)
  const db = openDatabase(options.dataDir, 'gateway', GATEWAY_SCHEMA, seedGateway)
  const settings = (): typeof config.current => config.current
  const media = new Upstream({ service: 'media', baseUrl: options.mediaUrl, settings })
  const link = new Upstream({ service: 'link', baseUrl: options.linkUrl, settings })
  const plans = new UpstreamPlans(config)
  const clock = new MovableClock()
  const parts: GatewayParts = {
    config,
    clock,
    directory: new AppDirectory(db, options.serviceKeys),
    accounts: new Accounts(db),
    sessions: new Sessions(db, clock),
    posts: new Posts(db),
    authors: new Authors(config),
    quota: new Quota(config.current),
    media: new Backend(media, () => plans.addressesOf('media')),
    link: new Backend(link, () => plans.addressesOf('link')),
    cache: new EdgeCache(config, clock),
    redirects: new RedirectCache(clock),
    readers: new Throttle(),
  }
  config.onReplaced((current) => void parts.quota.postsPerDay(current))
  const app = createPublicServer({
    ...options,
    service: 'gateway',
    assertReady: () => {
      if (!isSeeded(db)) throw new Error('the seed is not in place')
    },
  })
  const program = options.taskProgram ?? new URL('policy/task.ts', import.meta.url)
  const policies = new PolicyTasks(config, program, (err, text) => app.log.error({ err }, text))
  const features = new FeatureFile(config)
  const urls = { gateway: '', media: options.mediaUrl, link: options.linkUrl }
  const health = createHealthProbe(urls)
  const flows = new FlowWatch()
  const monitor = new StatusMonitor(config, health.probe, flows)
  const checks = await addRoutes(app, parts, { policies, features }, monitor, flows)
  const { authors, quota, cache, redirects, readers } = parts
  const memory = [authors, quota, cache, redirects, readers, plans, flows, monitor]
  await policies.start()
  return serve({
    service: 'gateway',
    options,
    app,
    config,
    clock,
    async contents() {
      // While the others started, it may have counted them as down.
      await monitor.refresh()
      return [databaseContents(db), checks(), memory.map(({ contents }) => contents)]
    },
    onListening: (url) => {
      urls.gateway = url
      monitor.start()
      features.start()
    },
    beforeDrain: [() => monitor.stop(), () => features.stop(), health.close],
    release: [() => policies.stop(), () => media.close(), () => link.close(), () => db.close()],
  })
}

/** The order of the hooks is the order of the checks: who is it, is the request in order, is it cached, may they. Returns what reads all that the checks remember. */
async function addRoutes(
  app: FastifyInstance,
  parts: GatewayParts,
  checkParts: CheckParts,
  monitor: StatusMonitor,
  flows: FlowWatch,
): Promise<() => unknown> {
  watchFlows(app, flows, parts.config)
  addIdentification(app, parts.directory)
  const checks = addChecks(app, parts.config, checkParts)
  parts.cache.addLookup(app)
  addGatekeeper(app, parts)
  addSessionRoutes(app, parts)
  addPostRoutes(app, parts)
  await addMediaRoutes(app, parts)
  addLinkRoutes(app, parts)
  addApiRoutes(app, parts)
  addStatusRoutes(app, monitor)
  return checks
}
