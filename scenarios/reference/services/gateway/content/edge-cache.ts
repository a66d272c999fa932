import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConfigStore } from '../../common/config-store.ts'
import { LruCache, type Clock } from '../../common/lru-cache.ts'
import { sendBytes, type ByteEntity } from '../../common/send-bytes.ts'
import { pathOf } from '../checks/checks.ts'
import type { GatewayConfig } from '../config.ts'

/** Larger answers are passed on but not kept. */
const MAX_KEPT_BYTES = 2 * 1024 * 1024

/**
 * Public content, kept by each replica in front of everything else, as a CDN would: whoever asks gets
 * a kept answer, before apps, plans or sessions are looked at. It holds whole answers with status 200;
 * ranges and conditions are worked out from them.
 */
export class EdgeCache {
  readonly #entries: LruCache<ByteEntity>
  readonly #config: ConfigStore<GatewayConfig>

  constructor(config: ConfigStore<GatewayConfig>, clock: Clock = Date) {
    this.#entries = new LruCache<ByteEntity>(clock)
    this.#config = config
  }

  get contents(): unknown {
    return this.#entries.contents
  }

  /** Must be added before the gatekeeper: hooks run in the order in which they were added. */
  addLookup(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.config.cached !== true) return done()
      const entity = this.#entries.get(keyOf(request), this.#config.current.cache.ttlS)
      if (entity === undefined) return done()
      request.logFields['cache'] = 'hit'
      reply.header('x-cache', 'hit')
      sendBytes(request, reply, entity)
    })
  }

  /** Answers with fresh content, and keeps it for the next one. */
  sendFresh(request: FastifyRequest, reply: FastifyReply, entity: ByteEntity): FastifyReply {
    const { maxEntries } = this.#config.current.cache
    if (entity.body.length <= MAX_KEPT_BYTES) {
      this.#entries.set(keyOf(request), entity, maxEntries)
    }
    reply.header('x-cache', 'miss')
    return sendBytes(request, reply, entity)
  }
}

/** Tenant and path: no query changes what these endpoints answer, so none may multiply the entries. */
function keyOf(request: FastifyRequest): string {
  return `${request.tenant} ${pathOf(request)}`
}
