import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { asObject } from '../../common/fields.ts'
import { notFound } from '../../common/http-error.ts'
import { LINK_STATUSES } from '../content/backend.ts'
import type { GatewayParts } from '../parts.ts'
import { findPost } from './post-routes.ts'

interface ByCode {
  Params: { code: string }
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

export function addLinkRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const { link } = parts

  app.post(
    '/api/links',
    { config: { endpoint: 'links.create', needsSession: true } },
    async (request, reply) => {
      const body = JSON.stringify({ url: asObject(request.body)['url'] })
      const headers = { 'content-type': 'application/json' }
      const { trace } = request
      const call = { method: 'POST', path: '/links', headers, body, trace } as const
      const { code, url } = await link.json(call, 201, LINK_STATUSES)
      return reply.code(201).send({ code, shortPath: `/l/${String(code)}`, url })
    },
  )

  app.get<ByCode>('/l/:code', { config: { endpoint: 'links.open' } }, async (request, reply) => {
    const { code } = request.params
    const kept = parts.redirects.get(code)
    if (kept !== undefined) return reply.redirect(kept.location, kept.status)
    const path = `/links/${encodeURIComponent(code)}/open`
    const answer = await link.answer({ path, trace: request.trace }, REDIRECTS, LINK_STATUSES)
    parts.redirects.offer(code, answer)
    // Clicks are counted behind the gateway: whether anything on the way may keep the answer is for link to say.
    reply.header('cache-control', answer.headers['cache-control'] ?? 'no-store')
    return reply.redirect(answer.headers['location'] ?? '/', answer.status)
  })

  app.get<ByCode>(
    '/api/links/:code',
    { config: { endpoint: 'links.expand', cached: true } },
    async (request, reply) => {
      const path = `/links/${encodeURIComponent(request.params.code)}`
      const { code, url } = await link.json({ path, trace: request.trace }, 200)
      const body = Buffer.from(JSON.stringify({ code, url }))
      return parts.cache.sendFresh(request, reply, {
        body,
        contentType: 'application/json; charset=utf-8',
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
        cacheControl: 'public, max-age=60',
      })
    },
  )

  app.get<{ Params: { id: string } }>(
    '/api/posts/:id/card',
    { config: { endpoint: 'links.preview' } },
    async (request) => {
      const { id, author } = findPost(parts.posts, request.params.id)
      parts.readers.take(parts.config.current.admission.readsPerSecond)
      if (!(await parts.authors.mayBeShown(author))) throw notFound(`Post ${id}`)
      const path = `/cards?post=${encodeURIComponent(id)}`
      return link.json({ path, trace: request.trace }, 200, LINK_STATUSES)
    },
  )
}
