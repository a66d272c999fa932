import type { FastifyInstance } from 'fastify'
import type { ConfigStore } from '../common/config-store.ts'
import { asObject, textField } from '../common/fields.ts'
import type { GatewayClient } from '../common/gateway-client.ts'
import { ErrorCode, HttpError, invalid, notFound } from '../common/http-error.ts'
import type { CardService } from './card/card-service.ts'
import { denylistInForce, legacyPrefixes, type LinkConfig } from './config.ts'
import { refuseBlocked } from './denylist.ts'
import type { Link, LinkStore } from './link-store.ts'
import { targetOf } from './redirect-rules.ts'
import { OverdueError, type WorkPool } from './work/work-pool.ts'

export interface LinkParts {
  config: ConfigStore<LinkConfig>
  links: LinkStore
  cards: CardService
  work: WorkPool
  gateway: GatewayClient
}

const PERMANENT: ReadonlySet<number> = new Set([301, 308])

interface ByCode {
  Params: { code: string }
}

export function addLinkRoutes(app: FastifyInstance, parts: LinkParts): void {
  const { config, links, cards } = parts
  const findLink = (code: string): Link => findIn(links, code, legacyPrefixes(config.current))
  // What writes is work like fetching a page, and waits its turn with it; looking a link up does not.
  const inTurn = <T>(task: () => T): Promise<T> => parts.work.run(task).catch(refuseOverdue)

  app.post('/links', async (request, reply) => {
    const { maxUrlLength } = config.current.limits
    const target = parseTarget(textField(asObject(request.body), 'url', maxUrlLength))
    refuseBlocked(target, denylistInForce(config.current))
    const link = await inTurn(() => links.create(target.href))
    return reply.code(201).send(link)
  })

  app.get<ByCode>('/links/:code', (request) => findLink(request.params.code))

  app.get<ByCode>('/links/:code/open', async (request, reply) => {
    const link = findLink(request.params.code)
    const { redirect, guards } = config.current
    refuseBlocked(new URL(link.url), denylistInForce(config.current))
    await inTurn(() => links.countClick(link.code, legacyPrefixes(config.current)))
    const mayBeKept = PERMANENT.has(redirect.status) && redirect.cacheTtlS > 0
    reply.header('cache-control', mayBeKept ? `public, max-age=${redirect.cacheTtlS}` : 'no-store')
    return reply.redirect(targetOf(link, redirect.rules, guards.redirectLint), redirect.status)
  })

  app.get<ByCode>('/links/:code/card', (request) =>
    cards.cardOf(findLink(request.params.code).url, request.trace),
  )

  app.get<{ Querystring: { post?: string } }>('/cards', async (request) => {
    const postId = request.query.post
    if (typeof postId !== 'string' || postId === '') {
      throw new HttpError(400, ErrorCode.badRequest, 'post does not name a post')
    }
    // Which link a post carries is the gateway's to say: it is asked each time, the card is cached.
    const path = `/internal/posts/${encodeURIComponent(postId)}`
    const post = await parts.gateway.get(path, `post ${postId}`, request.trace)
    const code = post['linkCode']
    if (typeof code !== 'string') throw notFound(`A link in post ${postId}`)
    return cards.cardOf(findLink(code).url, request.trace)
  })
}

function refuseOverdue(error: unknown): never {
  if (!(error instanceof OverdueError)) throw error
  throw new HttpError(503, ErrorCode.unavailable, 'The service is busy', { cause: error })
}

function findIn(links: LinkStore, code: string, prefixes: readonly string[]): Link {
  const link = links.find(code, prefixes)
  if (link === undefined) throw notFound(`Link ${code}`)
  return link
}

function parseTarget(text: string): URL {
  const url = URL.parse(text.trim())
  if (url === null || !/^https?:$/.test(url.protocol))
    throw invalid('url must be an http(s) address')
  if (url.username !== '' || url.password !== '') throw invalid('url must not carry credentials')
  return url
}
