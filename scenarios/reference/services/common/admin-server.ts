import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ConfigDocument, ConfigStore } from './config-store.ts'
import type { MovableClock } from './movable-clock.ts'
import { asObject, numberField } from './fields.ts'
import { createServer, headerText, type PublicServerOptions } from './public-server.ts'
import { ErrorCode, HttpError } from './http-error.ts'
import { bearsToken } from './secrets.ts'

/** Ten years. */
const MAX_OFFSET_MS = 10 * 366 * 86_400_000

interface AdminServerOptions extends Pick<PublicServerOptions, 'service' | 'replica' | 'logLevel'> {
  adminToken: string
}

/**
 * The configuration of this replica over HTTP: read, schema, and replacement guarded by If-Match. A
 * document takes effect for the requests that begin after the answer, and lives in memory only.
 */
export function createAdminServer<T extends ConfigDocument>(
  options: AdminServerOptions,
  store: ConfigStore<T>,
  clock?: MovableClock,
): FastifyInstance {
  const app = createServer(options)
  app.addHook('onRequest', (request, _reply, done) => {
    if (bearsToken(headerText(request, 'authorization'), options.adminToken)) return done()
    const headers = { 'www-authenticate': 'Bearer' }
    const message = 'The admin token is missing or wrong'
    done(new HttpError(401, ErrorCode.badCredentials, message, { headers }))
  })

  if (clock) addClock(app, clock)
  app.get('/config', (_request, reply) => sendDocument(reply, store))
  app.get('/config/schema', (_request, reply) => {
    return reply.type('application/schema+json').send(JSON.stringify(store.schema))
  })
  app.put('/config', async (request, reply) => {
    const etag = store.etag
    checkPrecondition(headerText(request, 'if-match'), etag)
    const result = await store.replace(request.body, etag)
    switch (result.kind) {
      case 'replaced':
        app.log.info({ generation: store.current.generation, etag: store.etag }, 'config replaced')
        return sendDocument(reply, store)
      case 'invalid':
        return reply.code(422).send({ errors: result.errors })
      case 'stale':
        throw new HttpError(
          409,
          ErrorCode.invalid,
          `generation must be greater than ${result.currentGeneration}`,
        )
      case 'changed-meanwhile':
        throw preconditionFailed()
    }
  })
  return app
}

/** Lets the clock be wrong, so that it can be seen what comes of it. */
function addClock(app: FastifyInstance, clock: MovableClock): void {
  app.put('/clock', (request, reply) => {
    clock.offsetMs = numberField(asObject(request.body), 'offsetMs', MAX_OFFSET_MS)
    app.log.info({ offsetMs: clock.offsetMs }, 'clock moved')
    return reply.send({ offsetMs: clock.offsetMs, now: clock.date().toISOString() })
  })
}

function checkPrecondition(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) {
    throw new HttpError(428, ErrorCode.badRequest, 'Send If-Match with the ETag of GET /config')
  }
  // Strong comparison: a weak validator (W/"...") never matches.
  const accepted = ifMatch.split(',').map((item) => item.trim())
  if (!accepted.includes('*') && !accepted.includes(etag)) throw preconditionFailed()
}

function preconditionFailed(): HttpError {
  return new HttpError(412, ErrorCode.badRequest, 'The configuration has changed: read it again')
}

function sendDocument<T extends ConfigDocument>(
  reply: FastifyReply,
  store: ConfigStore<T>,
): FastifyReply {
  return reply.header('etag', store.etag).header('cache-control', 'no-store').send(store.current)
}
