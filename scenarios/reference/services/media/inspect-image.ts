import type { SharpConstructor } from 'sharp'
import type { MediaConfig } from './config.ts'
import { ErrorCode, HttpError } from '../common/http-error.ts'

export interface InspectedImage {
  contentType: string
  width: number
  height: number
  /** Absent when the image is small enough to be its own thumbnail. */
  thumb?: { contentType: string; bytes: Buffer }
}

const ACCEPTED = new Set(['image/png', 'image/jpeg', 'image/webp'])
const THUMB_EDGE = 256

/**
 * Decides by content, not by what the sender claims, and decodes every pixel: a truncated or damaged file
 * is refused here rather than shown to readers. Throws HttpError 413, 415 or 422.
 */
export async function inspectImage(
  bytes: Buffer,
  limits: MediaConfig['limits'],
): Promise<InspectedImage> {
  if (bytes.length > limits.maxBytes) {
    throw refuse(413, `The image is larger than ${limits.maxBytes} bytes`)
  }
  const contentType = await detectType(bytes)
  const sharp = await loadSharp()
  // The framework's own limit throws without a size to tell; the check below names it.
  const image = sharp(bytes, { limitInputPixels: false, failOn: 'truncated' })
  const { width, height } = await orUndecodable(image.metadata())
  if (width * height > limits.maxPixels) {
    throw refuse(422, `The image has ${width * height} pixels, more than ${limits.maxPixels}`)
  }
  if (width <= THUMB_EDGE && height <= THUMB_EDGE) {
    await orUndecodable(image.raw().toBuffer())
    return { contentType, width, height }
  }
  const resized = image
    .rotate()
    .resize(THUMB_EDGE, THUMB_EDGE, { fit: 'inside' })
    .webp({ effort: 1 })
  const thumb = await orUndecodable(resized.toBuffer())
  return { contentType, width, height, thumb: { contentType: 'image/webp', bytes: thumb } }
}

async function detectType(bytes: Buffer): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type')
  const found = (await fileTypeFromBuffer(bytes))?.mime
  if (found === undefined || !ACCEPTED.has(found)) {
    throw refuse(415, `Only PNG, JPEG and WebP images are accepted, not ${found ?? 'this content'}`)
  }
  return found
}

async function loadSharp(): Promise<SharpConstructor> {
  // Loaded with the first upload: replicas start faster without libvips.
  const { default: sharp } = await import('sharp')
  // Replicas share a machine: one thread per image keeps uploads from starving reads.
  sharp.concurrency(1)
  sharp.cache(false)
  return sharp
}

async function orUndecodable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw refuse(422, 'The image cannot be decoded', error)
  }
}

function refuse(status: number, message: string, cause?: unknown): HttpError {
  return new HttpError(status, ErrorCode.badMedia, message, { cause })
}
