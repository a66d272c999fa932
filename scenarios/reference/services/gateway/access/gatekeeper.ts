import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import { headerText } from '../../common/public-server.ts'
import type { GatewayConfig } from '../config.ts'
import type { App, AppDirectory } from './app-directory.ts'
import { planAllows, planRefusalMessage } from './plan.ts'
import type { Sessions } from './sessions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The app that proved who it is. */
    app: App | undefined
    /** The account of the session; '' on endpoints that do not ask for one. */
    account: string
  }
}

export interface GatekeeperParts {
  config: ConfigStore<GatewayConfig>
  directory: AppDirectory
  sessions: Sessions
}

/** Says who is calling, without deciding anything: the cache and the log come before the decision. */
export function addIdentification(app: FastifyInstance, directory: AppDirectory): void {
  app.decorateRequest('app', undefined)
  app.decorateRequest('account', '')
  app.addHook('onRequest', (request, _reply, done) => {
    const { endpoint } = request.routeOptions.config
    request.app = directory.identify(
      headerText(request, 'x-app-id'),
      headerText(request, 'x-app-key'),
    )
    if (request.app !== undefined) request.logFields['app'] = request.app.id
    if (endpoint !== undefined) request.logFields['endpoint'] = endpoint
    done()
  })
}

/** Lets in whoever may use the endpoint: app, then plan, then kind of app, then session. */
export function addGatekeeper(app: FastifyInstance, parts: GatekeeperParts): void {
  const { config, sessions } = parts
  app.addHook('onRequest', (request, _reply, done) => {
    const { endpoint, servicesOnly, needsSession } = request.routeOptions.config
    // Status, health and unknown pages belong to no endpoint and are open.
    if (endpoint === undefined) return done()
    const { app } = request
    if (app === undefined) {
      const message = 'x-app-id and x-app-key do not name a known app'
      throw new HttpError(401, ErrorCode.badCredentials, message)
    }
    const current = config.current
    if (!planAllows(current, app, endpoint)) {
      const message = planRefusalMessage(current.plan.docsUrl)
      throw new HttpError(403, ErrorCode.planRefused, message)
    }
    if (servicesOnly === true && app.kind !== 'service') {
      throw new HttpError(403, ErrorCode.notPermitted, 'This endpoint is for services of the site')
    }
    if (needsSession === true) request.account = accountOf(request, sessions)
    done()
  })
}

function accountOf(request: FastifyRequest, sessions: Sessions): string {
  const header = headerText(request, 'authorization') ?? ''
  const [, token] = /^Bearer (\S+)$/i.exec(header) ?? []
  const account = token === undefined ? undefined : sessions.accountOf(token)
  if (account !== undefined) return account
  throw new HttpError(401, ErrorCode.badSession, 'Sign in: the session is missing or has expired', {
    headers: { 'www-authenticate': 'Bearer' },
  })
}
