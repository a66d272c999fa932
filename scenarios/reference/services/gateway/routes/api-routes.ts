import type { FastifyInstance } from 'fastify'
import { HttpError, invalid } from '../../common/http-error.ts'
import type { Trace } from '../../common/trace.ts'
import type { Backend } from '../content/backend.ts'
import type { Post } from '../content/posts.ts'
import type { GatewayParts } from '../parts.ts'
import { findPost } from './post-routes.ts'

type Expansion = 'media' | 'link'
type Item = Record<string, unknown>

interface Expanded {
  includes: { media?: Item[]; links?: Item[] }
  /** What a post mentions and nobody has, as opposed to what could not be had: that fails the answer. */
  errors?: Item[]
}

interface Query {
  Querystring: { expand?: string }
}

/** The third-party API. Without `expand` an answer includes everything; `expand=` includes nothing. */
export function addApiRoutes(app: FastifyInstance, parts: GatewayParts): void {
  app.get<Query & { Params: { id: string } }>(
    '/v2/posts/:id',
    { config: { endpoint: 'api.read' } },
    async (request) => {
      const post = findPost(parts.posts, request.params.id)
      const expansions = parseExpansions(request.query.expand)
      return { data: apiPost(post), ...(await expand(parts, [post], expansions, request.trace)) }
    },
  )

  app.get<Query>('/v2/timeline', { config: { endpoint: 'api.timeline' } }, async (request) => {
    const posts = parts.posts.timeline('public')
    const expansions = parseExpansions(request.query.expand)
    return { data: posts.map(apiPost), ...(await expand(parts, posts, expansions, request.trace)) }
  })
}

function apiPost(post: Post): Item {
  return {
    id: post.id,
    text: post.text,
    author_id: post.author,
    created_at: post.createdAt,
    ...(post.mediaId === undefined ? {} : { media_id: post.mediaId }),
    ...(post.linkCode === undefined ? {} : { link_code: post.linkCode }),
  }
}

function parseExpansions(text: unknown): Set<Expansion> {
  if (text === undefined) return new Set(['media', 'link'])
  if (typeof text !== 'string') throw invalid('expand must be given once')
  const names = text.split(',').filter((name) => name !== '')
  const known = names.filter((name) => name === 'media' || name === 'link')
  if (known.length < names.length) throw invalid('expand knows media and link')
  return new Set(known)
}

async function expand(
  parts: GatewayParts,
  posts: readonly Post[],
  expansions: Set<Expansion>,
  trace: Trace,
): Promise<Expanded> {
  const mediaIds = expansions.has('media') ? unique(posts.map((post) => post.mediaId)) : []
  const codes = expansions.has('link') ? unique(posts.map((post) => post.linkCode)) : []
  const errors: Item[] = []
  const includes: Expanded['includes'] = {}
  const [media, links] = await Promise.all([
    fetchAll(parts.media, mediaIds, (id) => `/images/${id}/meta`, trace, errors),
    fetchAll(parts.link, codes, (code) => `/links/${code}`, trace, errors),
  ])
  if (media.length > 0) includes.media = media
  if (links.length > 0) includes.links = links.map(({ code, url }) => ({ code, url }))
  return errors.length > 0 ? { includes, errors } : { includes }
}

async function fetchAll(
  backend: Backend,
  ids: readonly string[],
  pathOf: (id: string) => string,
  trace: Trace,
  errors: Item[],
): Promise<Item[]> {
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        return await backend.json({ path: pathOf(encodeURIComponent(id)), trace }, 200)
      } catch (error) {
        if (!(error instanceof HttpError) || error.statusCode !== 404) throw error
        errors.push({ message: error.message, code: error.code, id })
        return undefined
      }
    }),
  )
  return found.filter((item) => item !== undefined)
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}
