import {
  readServiceOptions,
  requiredUrl,
  type Environment,
  type ServiceOptions,
} from '../common/environment.ts'
import { databaseContents, isSeeded, openDatabase } from '../common/database.ts'
import { GatewayClient } from '../common/gateway-client.ts'
import { createPublicServer } from '../common/public-server.ts'
import { openConfig, serve, type RunningService } from '../common/running-service.ts'
import { developmentKey } from '../seed-facts.ts'
import { accountsOf } from './accounts.ts'
import { BlobStore } from './blob-store.ts'
import { mediaConfig } from './config.ts'
import { IMAGE_SCHEMA, ImageCatalog } from './image-catalog.ts'
import { addMediaRoutes } from './routes.ts'
import { seedImages } from './seed.ts'

export interface MediaOptions extends ServiceOptions {
  gatewayUrl: string
  /** Proves to the gateway that this is svc-media. */
  serviceKey: string
}

export function readMediaOptions(env: Environment): MediaOptions {
  return {
    ...readServiceOptions('media', env),
    gatewayUrl: requiredUrl(env, 'GATEWAY_URL'),
    serviceKey: env['SERVICE_KEY_MEDIA'] || developmentKey('svc-media'),
  }
}

export async function startMedia(options: MediaOptions): Promise<RunningService> {
  const config = await openConfig(mediaConfig, options)
  const blobs = new BlobStore(options.dataDir)
  const db = openDatabase(options.dataDir, 'media', IMAGE_SCHEMA, (fresh) =>
    seedImages(fresh, blobs),
  )
  const app = createPublicServer({
    ...options,
    service: 'media',
    assertReady: () => {
      if (!isSeeded(db)) throw new Error('the seed is not in place')
    },
  })
  const gateway = new GatewayClient(
    options.gatewayUrl,
    { appId: 'svc-media', key: options.serviceKey },
    () => config.current,
  )
  const catalog = new ImageCatalog(db)
  addMediaRoutes(app, { config, catalog, blobs, accounts: accountsOf(gateway) })
  const contents = () => [databaseContents(db), blobs.contents]
  const release = [() => gateway.close(), () => db.close()]
  return serve({ service: 'media', options, app, config, contents, release })
}
