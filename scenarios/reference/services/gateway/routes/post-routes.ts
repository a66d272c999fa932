import type { FastifyInstance } from 'fastify'
import { asObject, optionalId, textField } from '../../common/fields.ts'
import { ErrorCode, HttpError, notFound } from '../../common/http-error.ts'
import { viewPost } from '../content/post-view.ts'
import type { Post, Posts } from '../content/posts.ts'
import type { GatewayParts } from '../parts.ts'

const MAX_TEXT_LENGTH = 500

interface ById {
  Params: { id: string }
}

export function addPostRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const { posts } = parts

  app.get(
    '/api/timeline/home',
    { config: { endpoint: 'timeline.home', needsSession: true } },
    async () => {
      parts.readers.take(parts.config.current.admission.readsPerSecond)
      const shown = await parts.authors.shown()
      const seen = posts.timeline('home').filter(({ author }) => shown.has(author))
      return { posts: seen.map(viewPost) }
    },
  )

  app.get('/api/timeline/public', { config: { endpoint: 'timeline.public' } }, () => ({
    posts: posts.timeline('public').map(viewPost),
  }))

  app.post(
    '/api/posts',
    { config: { endpoint: 'posts.create', needsSession: true } },
    (request, reply) => {
      const body = asObject(request.body)
      const text = textField(body, 'text', MAX_TEXT_LENGTH)
      const mediaId = optionalId(body, 'mediaId')
      const linkCode = optionalId(body, 'linkCode')
      const post = publish(parts, {
        author: request.account,
        text,
        ...(mediaId === undefined ? {} : { mediaId }),
        ...(linkCode === undefined ? {} : { linkCode }),
      })
      return reply.code(201).send(viewPost(post))
    },
  )

  app.get<{ Querystring: { text?: string } }>(
    '/api/posts',
    { config: { endpoint: 'posts.read', needsSession: true } },
    (request) => {
      const text = textField({ text: request.query.text }, 'text', MAX_TEXT_LENGTH)
      return { posts: posts.by(request.account, text).map(viewPost) }
    },
  )

  app.get<ById>('/api/posts/:id', { config: { endpoint: 'posts.read' } }, (request) =>
    viewPost(findPost(posts, request.params.id)),
  )

  app.get<ById>(
    '/internal/posts/:id',
    { config: { endpoint: 'internal.posts', servicesOnly: true } },
    (request) => findPost(posts, request.params.id),
  )
}

export function findPost(posts: Posts, id: string): Post {
  const post = posts.find(id)
  if (post === undefined) throw notFound(`Post ${id}`)
  return post
}

function publish(parts: GatewayParts, post: Parameters<Posts['publish']>[0]): Post {
  const now = parts.clock.date()
  const perDay = parts.quota.postsPerDay(parts.config.current)
  const published = parts.posts.publish(post, perDay, now)
  if (published !== undefined) return published
  throw new HttpError(429, ErrorCode.quotaExceeded, 'You have reached your daily limit of posts', {
    headers: { 'retry-after': String(secondsToMidnight(now)) },
  })
}

/** The quota is counted per UTC day. */
function secondsToMidnight(now: Date): number {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
  return Math.ceil((midnight - now.getTime()) / 1_000)
}
