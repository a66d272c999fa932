import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ErrorCode, HttpError, notFound } from '../../common/http-error.ts'
import type { GatewayParts } from '../parts.ts'

/** What is taken in at all; how large an image may be is for media to say. */
const MAX_UPLOAD_BYTES = 10 * 1024 * 1024

interface ById {
  Params: { id: string }
}

export async function addMediaRoutes(app: FastifyInstance, parts: GatewayParts): Promise<void> {
  const { default: multipart } = await import('@fastify/multipart')
  await app.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1 } })
  app.addContentTypeParser(
    /^(image\/|application\/octet-stream)/,
    { parseAs: 'buffer', bodyLimit: MAX_UPLOAD_BYTES },
    (_request, body, done) => done(null, body),
  )

  app.post(
    '/api/media',
    { config: { endpoint: 'media.upload', needsSession: true } },
    async (request, reply) => {
      const { body, contentType } = await readUpload(request)
      const headers = { 'content-type': contentType, 'x-account-id': request.account }
      const { trace } = request
      const image = await parts.media.json(
        { method: 'POST', path: '/images', headers, body, trace },
        201,
      )
      const { id, url, thumbUrl, width, height } = image
      return reply.code(201).send({ id, url, thumbUrl, width, height })
    },
  )

  const read = { config: { endpoint: 'media.read', cached: true } } as const
  app.get<ById>('/media/:id', read, (request, reply) =>
    sendImage(parts, request, reply, `/images/${encodeURIComponent(request.params.id)}`),
  )
  // The public addresses that media hands out may begin with /cdn/.
  app.get<ById>('/cdn/media/:id', read, (request, reply) =>
    sendImage(parts, request, reply, `/images/${encodeURIComponent(request.params.id)}/bytes`),
  )
  app.get<ById>('/cdn/media/:id/thumb', read, (request, reply) =>
    sendImage(parts, request, reply, `/images/${encodeURIComponent(request.params.id)}/thumb`),
  )
  app.get<ById>('/media/:id/thumb', read, (request, reply) =>
    sendImage(parts, request, reply, `/images/${encodeURIComponent(request.params.id)}/thumb`),
  )
}

async function sendImage(
  parts: GatewayParts,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<FastifyReply> {
  parts.readers.take(parts.config.current.admission.readsPerSecond)
  // Always the whole image: the cache can then answer any range and condition itself.
  const answer = await parts.media.answer({ path, trace: request.trace }, [200, 302])
  if (answer.status === 302) {
    return reply
      .header('cache-control', 'no-store')
      .redirect(answer.headers['location'] ?? '/', 302)
  }
  const header = (name: string): string => answer.headers[name] ?? ''
  const owner = answer.headers['x-owner']
  if (owner !== undefined && !(await parts.authors.mayBeShown(owner))) throw notFound('The image')
  return parts.cache.sendFresh(request, reply, {
    body: answer.body,
    contentType: header('content-type'),
    etag: header('etag'),
    cacheControl: header('cache-control'),
  })
}

async function readUpload(request: FastifyRequest): Promise<{ body: Buffer; contentType: string }> {
  if (!request.isMultipart()) {
    const contentType = request.headers['content-type'] ?? 'application/octet-stream'
    // An empty body is media's to refuse, like any other that is no image.
    return { body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), contentType }
  }
  const part = await request.file()
  if (part === undefined) {
    throw new HttpError(400, ErrorCode.badRequest, 'The form holds no file')
  }
  return { body: await part.toBuffer(), contentType: part.mimetype }
}
