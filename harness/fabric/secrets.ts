import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in a time that tells nothing about either text, their lengths included. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

/** The user name of Basic credentials (RFC 7617) whose password is the one in `passwords`; undefined otherwise. */
export function authenticate(
  header: string | undefined,
  passwords: Readonly<Record<string, string>>,
): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  if (name === undefined || password === undefined) return undefined
  const expected = Object.hasOwn(passwords, name) ? passwords[name] : undefined
  // An unknown name is compared too, so that the time does not tell which names exist.
  return sameSecret(password, expected ?? '') && expected !== undefined ? name : undefined
}
