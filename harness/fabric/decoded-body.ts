import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import type { Readable, Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'

/** RFC 9110 §8.4.1, RFC 7932 and RFC 8878. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Headers that are not true of a body any more once it was altered. */
export const headersOfBody = [
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'etag',
]

/** The body as it is meant to be read. One of an encoding that is not known comes as it is. The stream fails where the message does, or is not what it says. */
export function decodedBody(message: IncomingMessage): Readable {
  const encodings = (message.headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  let body: Readable = message
  for (const name of encodings.toReversed()) {
    if (!Object.hasOwn(decoders, name)) break
    body = pipeline(body, (decoders[name] as () => Transform)(), () => undefined)
  }
  return body
}
