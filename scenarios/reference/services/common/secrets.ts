import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares digests, so that neither the content nor the length shows in the time it takes. */
function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

/** Whether the Authorization header of a request carries this bearer token. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? []
  return equalSecrets(given, token)
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
