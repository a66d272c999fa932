import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'

import type { RequestHandler } from 'msw'

import { describeError, HarnessError } from '../core/index.ts'

// Registered, so that a site is known as one even when two copies of this module are loaded.
const brand: unique symbol = Symbol.for('aftershock.site')

export interface SiteOptions {
  /** What it is, in a few words. */
  readonly title: string
  /** MSW handlers; a path like '/items/:id' is taken on each host of the site. */
  readonly handlers: readonly RequestHandler[]
  /**
   * Failure modes of its own beside those that every site has (variants/README.md), or its own form of these, by name:
   * handlers that are asked before the others while the variant is in force.
   */
  readonly variants?: Readonly<Record<string, readonly RequestHandler[]>>
}

/** One external site: the hosts it has, and what answers there. */
export interface Site extends SiteOptions {
  readonly hosts: readonly string[]
  readonly [brand]: true
}

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/

const variantName = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Defines an external site for the stack's `sites`. Throws INVALID_SCENARIO on a host or handlers that cannot be served. */
export function site(host: string | readonly string[], options: SiteOptions): Site {
  const hosts = typeof host === 'string' ? [host] : [...host]
  const problems = [
    ...(hosts.length === 0 ? ['it has no host'] : []),
    ...hosts.flatMap(hostProblems),
    ...(options.title.trim() === '' ? ['its title is empty'] : []),
    ...handlerProblems('it', options.handlers),
    ...variantProblems(options.variants ?? {}),
  ]
  if (problems.length > 0) {
    throw new HarnessError('INVALID_SCENARIO', `site ${hosts.join(', ')}: ${problems.join('; ')}`, {
      hint: "a site is site('news.example', { title: 'A newspaper', handlers: [http.get('/', …)] })",
    })
  }
  return { ...options, hosts, [brand]: true }
}

function hostProblems(host: string): string[] {
  if (isIP(host) > 0) return [`${host} is an IP address, sites have names`]
  if (!hostName.test(host)) {
    return [
      `${JSON.stringify(host)} is not a host name in lower case, with a dot and without scheme, port and path`,
    ]
  }
  return []
}

function handlerProblems(what: string, handlers: unknown): string[] {
  if (!Array.isArray(handlers) || handlers.length === 0) return [`${what} has no handlers`]
  const usable = handlers.every(
    (handler) => typeof (handler as { run?: unknown } | null)?.run === 'function',
  )
  return usable
    ? []
    : [`${what} has handlers that are no request handlers of msw (http.get(…) and so on)`]
}

function variantProblems(variants: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(variants).flatMap(([name, handlers]) => [
    ...(variantName.test(name)
      ? []
      : [`${JSON.stringify(name)} is not a name of a variant (small letters, digits and dashes)`]),
    ...handlerProblems(`the variant ${name}`, handlers),
  ])
}

function isSite(value: unknown): value is Site {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * Imports the modules (file URLs) and returns the sites they export, by host. Throws INVALID_SCENARIO that names the module. A `round` above
 * 0 imports them once more: handlers remember what they answered. What they import themselves is not loaded again.
 */
export async function loadSites(
  urls: readonly string[],
  round = 0,
): Promise<ReadonlyMap<string, Site>> {
  const query = round === 0 ? '' : `?round=${round}`
  const modules = await Promise.all([...new Set(urls)].map((url) => loadModule(url, query)))
  const byHost = new Map<string, { readonly site: Site; readonly url: string }>()
  for (const { url, sites } of modules) {
    for (const found of sites) {
      for (const host of found.hosts) {
        const other = byHost.get(host)
        if (other && other.site !== found) throw definedTwice(host, other.url, url)
        byHost.set(host, { site: found, url })
      }
    }
  }
  return new Map([...byHost].map(([host, entry]) => [host, entry.site]))
}

async function loadModule(url: string, query: string): Promise<{ url: string; sites: Set<Site> }> {
  let exported: object
  try {
    exported = (await import(url + query)) as object
  } catch (error) {
    throw new HarnessError('INVALID_SCENARIO', `${url} cannot be loaded: ${describeError(error)}`, {
      cause: error,
      hint: `run it alone to see where: node ${fileURLToPath(url)}`,
    })
  }
  const sites = new Set(Object.values(exported).filter(isSite))
  if (sites.size > 0) return { url, sites }
  throw new HarnessError('INVALID_SCENARIO', `${url} exports no site`, {
    hint: "export what site() returns: export const news = site('news.example', { … })",
  })
}

function definedTwice(host: string, first: string, second: string): HarnessError {
  const where = first === second ? `twice in ${first}` : `in ${first} and in ${second}`
  return new HarnessError('INVALID_SCENARIO', `the site ${host} is defined ${where}`, {
    hint: "give each host to one site, or leave one of the modules out of the stack's sites",
  })
}
