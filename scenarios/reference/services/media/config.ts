import type { ConfigDefinition, ConfigDocument } from '../common/config-store.ts'
import {
  generation,
  integer,
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
  /** Put before the path of each address that media hands out; '' keeps them relative to the gateway. */
  publicBaseUrl: string
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
    publicBaseUrl: '',
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
      // No dots: a prefix can name another directory, never one outside.
      prefix: { type: 'string', pattern: '^([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?$' },
    }),
    publicBaseUrl: { type: 'string', maxLength: 200 },
    cache: strictObject({ ttlS: integer(0, 31_536_000) }),
    upstream,
    retry,
  }),
}
