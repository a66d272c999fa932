import { isIP } from 'node:net'

import type { Site } from './site.ts'

/** Sites by host name. */
export type SiteDirectory = ReadonlyMap<string, Site>

/** Why a request does not get to a site. `reason` is short and stable, `advice` says what to do. */
export interface Refusal {
  readonly reason: 'unknown host' | 'ip address' | 'port' | 'scheme' | 'passthrough' | 'method'
  readonly advice: string
}

/** The host of a URL as sites name it: without the final dot that makes a name absolute. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/\.$/, '')
}

/** The site that a URL leads to, or why none does. Host names match in any case and with a final dot. */
export function findSite(url: URL, sites: SiteDirectory): Site | Refusal {
  const host = hostOf(url)
  // URL has brought every spelling of an IPv4 address into its usual form.
  if (isIP(host.replace(/^\[|\]$/g, '')) > 0) {
    return {
      reason: 'ip address',
      advice:
        'Services reach each other through the links of the stack (connects, {link:SERVICE}).',
    }
  }
  const site = sites.get(host)
  if (!site) return unknownHost(host)
  if (url.port !== '') {
    return { reason: 'port', advice: `${host} is served on the default port only.` }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { reason: 'scheme', advice: `${url.protocol}// is not served.` }
  }
  return site
}

export function isRefusal(result: Site | Refusal): result is Refusal {
  return 'reason' in result
}

function unknownHost(host: string): Refusal {
  return {
    reason: 'unknown host',
    advice:
      `No site of the stack has the host ${host}. To define it, write a module with\n` +
      `  export const name = site('${host}', { title: '…', handlers: [http.get('/', () => HttpResponse.html('…'))] })\n` +
      `and add its URL to the stack's sites. If the system may ask it in vain, name it in the scenario's allowOutside.`,
  }
}

/** What the client gets to read. */
export function refusalText(url: URL, from: string, { reason, advice }: Refusal): string {
  return (
    `aftershock refused this request: ${reason}.\n${from} asked for ${url.origin}${url.pathname}; ` +
    `nothing leaves the machine during a run.\n${advice}\n`
  )
}
