import type { ConfigDefinition, ConfigDocument } from '../common/config-store.ts'
import {
  boolean,
  generation,
  integer,
  legacyPrefix,
  retry,
  strictObject,
  upstream,
  type RetrySettings,
  type UpstreamSettings,
} from '../common/schema-parts.ts'
import { LEGACY_CUTOFF, LEGACY_PREFIX } from '../seed-facts.ts'

export interface MediaConfig extends ConfigDocument {
  limits: { maxBytes: number; maxPixels: number }
  /** Content created before `cutoff` is read from under `prefix`, relative to the data directory. */
  legacy: { cutoff: string; prefix: string }
  /** What addresses of images begin with: '/' keeps them relative to the gateway, which also answers below '/cdn/'. */
  publicBaseUrl: string
  /** Whether an image is answered itself ('proxy'), or its public address ('redirect'). */
  delivery: 'proxy' | 'redirect'
  guards: {
    /** Whether content that is not below legacy.prefix is looked for where it was written as well. */
    legacyFallback: boolean
    /** Whether publicBaseUrl and paths are joined by a slash, whether it ends in one or not. */
    urlJoin: boolean
  }
  /** How long browsers and caches may keep an image. */
  cache: { ttlS: number }
  upstream: UpstreamSettings
  retry: RetrySettings
}

/** The largest body that the server takes at all; limits.maxBytes can only be lower. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024

export const mediaConfig: ConfigDefinition<MediaConfig> = {
  defaults: {
    generation: 1,
    limits: { maxBytes: 5 * 1024 * 1024, maxPixels: 25_000_000 },
    legacy: { cutoff: LEGACY_CUTOFF, prefix: LEGACY_PREFIX },
    publicBaseUrl: '/',
    delivery: 'proxy',
    guards: { legacyFallback: false, urlJoin: false },
    cache: { ttlS: 31_536_000 },
    upstream: { timeoutMs: 2_000 },
    retry: { max: 1, baseMs: 20, jitter: 0.5 },
  },
  schema: strictObject({
    generation,
    limits: strictObject({
      maxBytes: integer(1, MAX_BODY_BYTES),
      maxPixels: integer(1, 268_402_689),
    }),
    legacy: strictObject({
      cutoff: {
        type: 'string',
        pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z$',
      },
      prefix: legacyPrefix,
    }),
    publicBaseUrl: { type: 'string', maxLength: 200 },
    delivery: { enum: ['proxy', 'redirect'] },
    guards: strictObject({ legacyFallback: boolean, urlJoin: boolean }),
    cache: strictObject({ ttlS: integer(0, 31_536_000) }),
    upstream,
    retry,
  }),
}
