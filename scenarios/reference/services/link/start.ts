import { databaseContents, isSeeded, openDatabase } from '../common/database.ts'
import {
  readServiceOptions,
  requiredUrl,
  SetupError,
  type Environment,
  type ServiceOptions,
} from '../common/environment.ts'
import { GatewayClient } from '../common/gateway-client.ts'
import { createPublicServer } from '../common/public-server.ts'
import { openConfig, serve, type RunningService } from '../common/running-service.ts'
import { developmentKey } from '../seed-facts.ts'
import { CardService } from './card/card-service.ts'
import { linkConfig } from './config.ts'
import { parseCidrs, type Cidr } from './egress/address-policy.ts'
import { SiteClient, type EgressOptions } from './egress/site-client.ts'
import { LINK_SCHEMA, LinkStore, seedLinks } from './link-store.ts'
import { addLinkRoutes } from './routes.ts'
import { WorkPool } from './work/work-pool.ts'

export interface LinkOptions extends ServiceOptions {
  gatewayUrl: string
  /** Proves to the gateway that this is svc-link. */
  serviceKey: string
  egress: EgressOptions
}

export function readLinkOptions(env: Environment): LinkOptions {
  const httpProxy = env['HTTP_PROXY'] || env['http_proxy']
  const httpsProxy = env['HTTPS_PROXY'] || env['https_proxy']
  return {
    ...readServiceOptions('link', env),
    gatewayUrl: requiredUrl(env, 'GATEWAY_URL'),
    serviceKey: env['SERVICE_KEY_LINK'] || developmentKey('svc-link'),
    egress: {
      allowCidrs: readCidrs(env['EGRESS_ALLOW_CIDRS'] ?? ''),
      ...(httpProxy ? { httpProxy } : {}),
      ...(httpsProxy ? { httpsProxy } : {}),
    },
  }
}

export async function startLink(options: LinkOptions): Promise<RunningService> {
  const config = await openConfig(linkConfig, options)
  const db = openDatabase(options.dataDir, 'link', LINK_SCHEMA, seedLinks)
  const app = createPublicServer({
    ...options,
    service: 'link',
    assertReady: () => {
      if (!isSeeded(db)) throw new Error('the seed is not in place')
    },
  })
  const gateway = new GatewayClient(
    options.gatewayUrl,
    { appId: 'svc-link', key: options.serviceKey },
    () => config.current,
  )
  const sites = new SiteClient(options.egress)
  const work = new WorkPool(config)
  const cards = new CardService(config, sites, work)
  addLinkRoutes(app, { config, links: new LinkStore(db), cards, work, gateway })
  const contents = () => [databaseContents(db), cards.contents, work.contents]
  const release = [() => gateway.close(), () => sites.close(), () => db.close()]
  return serve({ service: 'link', options, app, config, contents, release })
}

function readCidrs(list: string): Cidr[] {
  try {
    return parseCidrs(list)
  } catch (error) {
    throw new SetupError(`EGRESS_ALLOW_CIDRS is no list of CIDRs: ${JSON.stringify(list)}`, {
      cause: error,
    })
  }
}
