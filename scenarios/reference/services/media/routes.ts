import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConfigStore } from '../common/config-store.ts'
import { ErrorCode, HttpError, notFound } from '../common/http-error.ts'
import { headerText } from '../common/public-server.ts'
import { sendBytes } from '../common/send-bytes.ts'
import type { Accounts } from './accounts.ts'
import { LEGACY_PREFIX } from '../seed-facts.ts'
import { CURRENT_PREFIX, type BlobStore } from './blob-store.ts'
import { MAX_BODY_BYTES, type MediaConfig } from './config.ts'
import type { ImageCatalog, ImageRecord } from './image-catalog.ts'
import { inspectImage } from './inspect-image.ts'
import { publicUrl } from './public-url.ts'

export interface MediaParts {
  config: ConfigStore<MediaConfig>
  catalog: ImageCatalog
  blobs: BlobStore
  accounts: Accounts
}

interface ById {
  Params: { id: string }
}

export function addMediaRoutes(app: FastifyInstance, parts: MediaParts): void {
  // Any content type reaches the handler: what counts is what the bytes are.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_r, body, done) => done(null, body),
  )

  app.post('/images', async (request, reply) => {
    const owner = headerText(request, 'x-account-id')
    if (owner === undefined) {
      throw new HttpError(400, ErrorCode.badRequest, 'x-account-id does not name the owner')
    }
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const image = await storeImage(parts, bytes, owner)
    return reply.code(201).send(describeImage(parts.config.current, image))
  })

  app.get<ById>('/images/:id', (request, reply) => {
    const { current } = parts.config
    if (current.delivery === 'proxy') return sendOriginal(parts, request, reply)
    const { id } = findImage(parts, request.params.id)
    return reply.header('cache-control', 'no-store').redirect(publicUrl(current, id), 302)
  })

  app.get<ById>('/images/:id/bytes', (request, reply) => sendOriginal(parts, request, reply))

  app.get<ById>('/images/:id/thumb', async (request, reply) => {
    const image = findImage(parts, request.params.id)
    const { contentType, etag } = image.thumb
    const body = await readBlob(parts, image, image.thumb)
    reply.header('x-owner', image.owner)
    return sendBytes(request, reply, { body, contentType, etag, cacheControl: caching(parts) })
  })

  app.get<ById>('/images/:id/meta', async (request) => {
    const image = findImage(parts, request.params.id)
    const owner = await parts.accounts.get(image.owner, request.trace)
    return { ...describeImage(parts.config.current, image), createdAt: image.createdAt, owner }
  })
}

async function sendOriginal(
  parts: MediaParts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const image = findImage(parts, request.params.id)
  const body = await readBlob(parts, image, image.original)
  const { contentType, etag, owner } = image
  reply.header('x-owner', owner)
  return sendBytes(request, reply, { body, contentType, etag, cacheControl: caching(parts) })
}

async function storeImage(parts: MediaParts, bytes: Buffer, owner: string): Promise<ImageRecord> {
  const inspected = await inspectImage(bytes, parts.config.current.limits)
  const { contentType, width, height } = inspected
  const id = randomBytes(9).toString('base64url').replace(/[-_]/g, 'x')
  const thumb = inspected.thumb
  const original = { volume: id, offset: 0, length: bytes.length }
  const etag = etagOf(bytes)
  const image: ImageRecord = {
    id,
    owner,
    createdAt: new Date().toISOString(),
    contentType,
    width,
    height,
    etag,
    original,
    thumb:
      thumb === undefined
        ? { ...original, contentType, etag }
        : {
            volume: id,
            offset: bytes.length,
            length: thumb.bytes.length,
            contentType: thumb.contentType,
            etag: etagOf(thumb.bytes),
          },
  }
  // Bytes first: an image that the catalog knows can be read.
  const content = thumb === undefined ? bytes : Buffer.concat([bytes, thumb.bytes])
  await parts.blobs.write(CURRENT_PREFIX, id, content)
  parts.catalog.add(image)
  return image
}

function findImage(parts: MediaParts, id: string): ImageRecord {
  const image = parts.catalog.find(id)
  if (image === undefined) throw notFound(`Image ${id}`)
  return image
}

async function readBlob(
  parts: MediaParts,
  image: ImageRecord,
  location: ImageRecord['original'],
): Promise<Buffer> {
  const { legacy, guards } = parts.config.current
  const isLegacy = Date.parse(image.createdAt) < Date.parse(legacy.cutoff)
  let bytes = await parts.blobs.read(isLegacy ? legacy.prefix : CURRENT_PREFIX, location)
  if (isLegacy && guards.legacyFallback) bytes ??= await parts.blobs.read(LEGACY_PREFIX, location)
  if (bytes === undefined) throw notFound(`The content of image ${image.id}`)
  return bytes
}

function describeImage(config: MediaConfig, image: ImageRecord): Record<string, unknown> {
  const url = publicUrl(config, image.id)
  const { id, contentType, width, height } = image
  return { id, url, thumbUrl: `${url}/thumb`, contentType, width, height }
}

function caching(parts: MediaParts): string {
  return `public, max-age=${parts.config.current.cache.ttlS}, immutable`
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}
