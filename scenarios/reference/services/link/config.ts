import type { ConfigDefinition, ConfigDocument } from '../common/config-store.ts'
import {
  boolean,
  generation,
  integer,
  legacyPrefix,
  retry,
  strictObject,
  strings,
  upstream,
  type RetrySettings,
  type UpstreamSettings,
} from '../common/schema-parts.ts'
import { LEGACY_PREFIX } from '../seed-facts.ts'
import { isSpecific } from './denylist.ts'
import type { RedirectRule } from './redirect-rules.ts'

export interface LinkConfig extends ConfigDocument {
  limits: { maxUrlLength: number }
  /**
   * Targets that are refused: `host` blocks a site and its subdomains, `host/path` what lies below a
   * path of one, `/path` what lies below a path of any.
   */
  denylist: string[]
  /** Links from before the cutoff are below `prefix`. */
  legacy: { prefix: string }
  redirect: {
    status: number
    /** Where codes lead instead of to the target of their link. */
    rules: RedirectRule[]
    /** How long a permanent redirect (301, 308) may be kept on the way. 0: not at all, as all others. */
    cacheTtlS: number
  }
  fetch: {
    /** Of one piece of work, over all redirects and the wait for its turn. Absent: no limit, see guards.fetchFloor. */
    timeoutMs?: number
    /** What is read of a page; the head of a document fits easily. */
    maxBytes: number
    maxRedirects: number
    /** Work that is done at the same time: fetching a page, opening a link, making one. */
    concurrency: number
  }
  preview: {
    cacheTtlS: number
    /** How long a site that failed is not asked for the same page again. */
    failureTtlS: number
  }
  guards: {
    /** Whether a missing fetch.timeoutMs means one second rather than no limit. */
    fetchFloor: boolean
    /** Whether a card is kept for a minute at least, whatever preview.cacheTtlS says. */
    cacheFloor: boolean
    /** Whether entries of the denylist that would block nearly everything are passed over. */
    specificEntries: boolean
    /** Whether redirect rules that lead back to themselves are passed over. */
    redirectLint: boolean
    /** Whether a link that is not below legacy.prefix is looked for where it was written as well. */
    legacyFallback: boolean
  }
  upstream: UpstreamSettings
  retry: RetrySettings
}

export const linkConfig: ConfigDefinition<LinkConfig> = {
  defaults: {
    generation: 1,
    limits: { maxUrlLength: 2_048 },
    denylist: ['malware.example', 'phishing.example'],
    legacy: { prefix: LEGACY_PREFIX },
    redirect: { status: 302, rules: [], cacheTtlS: 0 },
    fetch: { timeoutMs: 3_000, maxBytes: 262_144, maxRedirects: 3, concurrency: 16 },
    preview: { cacheTtlS: 300, failureTtlS: 2 },
    guards: {
      fetchFloor: false,
      cacheFloor: false,
      specificEntries: false,
      redirectLint: false,
      legacyFallback: false,
    },
    upstream: { timeoutMs: 2_000 },
    retry: { max: 1, baseMs: 20, jitter: 0.5 },
  },
  schema: strictObject({
    generation,
    limits: strictObject({ maxUrlLength: integer(16, 8_192) }),
    denylist: strings,
    legacy: strictObject({ prefix: legacyPrefix }),
    redirect: strictObject({
      status: { enum: [301, 302, 303, 307, 308] },
      rules: {
        type: 'array',
        items: strictObject({
          code: { type: 'string', minLength: 1 },
          to: { type: 'string', pattern: '^(https?://|/)' },
        }),
      },
      cacheTtlS: integer(0, 31_536_000),
    }),
    fetch: strictObject(
      {
        timeoutMs: integer(1, 60_000),
        maxBytes: integer(1_024, 10_485_760),
        maxRedirects: integer(0, 20),
        concurrency: integer(1, 1_000),
      },
      ['timeoutMs'],
    ),
    preview: strictObject({ cacheTtlS: integer(0, 86_400), failureTtlS: integer(0, 86_400) }),
    guards: strictObject({
      fetchFloor: boolean,
      cacheFloor: boolean,
      specificEntries: boolean,
      redirectLint: boolean,
      legacyFallback: boolean,
    }),
    upstream,
    retry,
  }),
}

const FLOOR_MS = 1_000

/** How long one piece of work may take; undefined: as long as it wants. */
export function timeLimitMs({ fetch, guards }: LinkConfig): number | undefined {
  return fetch.timeoutMs ?? (guards.fetchFloor ? FLOOR_MS : undefined)
}

const CACHE_FLOOR_S = 60

/** How long a card is shown without asking its site again. */
export function cardLifeS({ preview, guards }: LinkConfig): number {
  return guards.cacheFloor ? Math.max(CACHE_FLOOR_S, preview.cacheTtlS) : preview.cacheTtlS
}

/** Where links from before the cutoff are looked for, in this order. */
export function legacyPrefixes({ legacy, guards }: LinkConfig): readonly string[] {
  return guards.legacyFallback ? [legacy.prefix, LEGACY_PREFIX] : [legacy.prefix]
}

/** The entries that count. */
export function denylistInForce({ denylist, guards }: LinkConfig): readonly string[] {
  return guards.specificEntries ? denylist.filter(isSpecific) : denylist
}
