import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConfigStore } from '../../common/config-store.ts'
import { ErrorCode, HttpError } from '../../common/http-error.ts'
import type { GatewayConfig } from '../config.ts'
import type { PolicyTasks } from '../policy/policy-tasks.ts'
import { BotScore } from './bot-score.ts'
import type { FeatureFile } from './feature-file.ts'
import { HeaderLimit } from './header-limit.ts'
import { Tenants } from './tenants.ts'
import { inspected, Waf } from './waf.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant whose content is asked for; '' for what is nobody's. */
    tenant: string
  }
}

export interface CheckParts {
  policies: PolicyTasks
  features: FeatureFile
}

/** What every request to an endpoint goes through before it is known what it wants, cached or not. Returns what reads all that the checks remember. */
export function addChecks(
  app: FastifyInstance,
  config: ConfigStore<GatewayConfig>,
  { policies, features }: CheckParts,
): () => readonly unknown[] {
  const bots = new BotScore()
  const tenants = new Tenants()
  const waf = new Waf()
  const headers = new HeaderLimit(config)
  app.decorateRequest('tenant', '')
  app.addHook('onRequest', async (request) => {
    // Status, health and unknown pages belong to no endpoint: nothing is to stand before them.
    if (request.routeOptions.config.endpoint === undefined) return
    if (config.current.admission.closed) throw closed()
    await headers.check(request)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { endpoint } = request.routeOptions.config
    if (endpoint === undefined) return
    inspect(waf, config.current, request)
    if (reply.elapsedTime > config.current.admission.deadlineMs) throw tooLate()
    await policies.check(request.app?.id ?? 'unknown', endpoint)
    const { current } = config
    const score = bots.of(current, features.list, agentOf(request))
    request.logFields['bot'] = Math.round(score * 100)
    request.tenant = tenants.ownerOf(current, pathOf(request)) ?? ''
  })
  return () => [policies, features, bots, waf, headers].map(({ contents }) => contents)
}

function inspect(waf: Waf, config: GatewayConfig, request: FastifyRequest): void {
  const matching = waf.matching(config, inspected(request))
  if (matching.length === 0) return
  request.logFields['waf'] = matching.map(({ id }) => id).join(' ')
  if (matching.every(({ mode }) => mode === 'simulate')) return
  throw new HttpError(403, ErrorCode.notPermitted, 'The request looks like an attack')
}

function closed(): HttpError {
  const headers = { 'retry-after': '5' }
  return new HttpError(503, ErrorCode.closed, 'We are not open right now', { headers })
}

/** A request that was held up for so long is given up, as a proxy in front would: whoever asked is not waiting any more. */
function tooLate(): HttpError {
  const headers = { 'retry-after': '1' }
  return new HttpError(503, ErrorCode.unavailable, 'The request was held up for too long', {
    headers,
  })
}

function agentOf(request: FastifyRequest): string {
  return request.headers['user-agent'] ?? ''
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
