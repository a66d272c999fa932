import { isIP } from 'node:net'

/** Why an address is not fetched. */
export type Refusal =
  | 'not-an-address'
  | 'scheme'
  | 'credentials'
  | 'port'
  | 'ip-literal'
  | 'local-name'
  | 'private-address'

export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError'
  readonly refusal: Refusal

  constructor(refusal: Refusal, target: string) {
    super(`refused to fetch ${target}: ${refusal}`)
    this.refusal = refusal
  }
}

export const WEB_PORTS: readonly number[] = [80, 443, 8080, 8443]

const LOCAL_SUFFIXES = ['localhost', 'localdomain', 'local', 'internal', 'lan', 'home.arpa']

/**
 * What can be told from the address alone. The URL parser has already folded decimal, octal, hexadecimal
 * and short spellings of an IPv4 address into the usual one, and rejects zone ids. Sites have names: any
 * IP literal is refused, public ones too, since nothing could be checked behind a proxy.
 */
export function checkTarget(target: string, ports: readonly number[] = WEB_PORTS): URL {
  const url = URL.parse(target)
  if (url === null) throw new EgressRefusedError('not-an-address', target)
  const refuse = (refusal: Refusal): never => {
    throw new EgressRefusedError(refusal, `${url.protocol}//${url.host}`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse('scheme')
  if (url.username !== '' || url.password !== '') refuse('credentials')
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port)
  if (!ports.includes(port)) refuse('port')
  const host = url.hostname.replace(/\.$/, '')
  if (host.startsWith('[') || isIP(host) !== 0) refuse('ip-literal')
  // A name without a dot can only be found on the local network.
  if (!host.includes('.') || LOCAL_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`))) {
    refuse('local-name')
  }
  return url
}
