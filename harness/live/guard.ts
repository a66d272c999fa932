import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const tokenHeader = 'x-aftershock-token'

/**
 * Why a request is not answered; undefined when it is. Any page that a browser shows can send requests to loopback, so that the address
 * alone proves nothing: the Host must be the server's own (a name that was rebound to 127.0.0.1 is another), the token must be there,
 * and what acts must come from the page itself.
 */
export function refusalOf(
  { method, url, headers }: IncomingMessage,
  origin: string,
  token: string,
): string | undefined {
  if (headers.host !== new URL(origin).host) return 'wrong Host'
  const isRead = method === 'GET'
  const { pathname, searchParams } = new URL(url ?? '/', origin)
  const site = headers['sec-fetch-site']
  const isPage = isRead && pathname === '/'
  if (!isPage && site !== undefined && site !== 'same-origin') return 'not from this page'
  if (isRead ? ![undefined, origin].includes(headers.origin) : headers.origin !== origin) {
    return 'wrong Origin'
  }
  const given = isRead ? searchParams.get('token') : headers[tokenHeader]
  return isSame(String(given), token) ? undefined : 'wrong token'
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
