import type { ConfigDefinition, ConfigDocument } from '../common/config-store.ts'
import {
  boolean,
  generation,
  integer,
  ratio,
  retry,
  strictObject,
  strings,
  upstream,
  type RetrySettings,
  type UpstreamSettings,
} from '../common/schema-parts.ts'
import { DOCS_URL } from '../seed-facts.ts'
import { ENDPOINT_IDS, type EndpointId } from './endpoints.ts'

interface PlanSettings {
  enforce: boolean
  /** App ids that no plan applies to. */
  exemptClients: string[]
  /** The plans that include an endpoint. An endpoint that is not listed is open to every plan. */
  endpoints: Partial<Record<EndpointId, string[]>>
  /** The plan of each client. A client without one has the free plan. */
  clients: Record<string, string>
  /** Named in the refusal. */
  docsUrl: string
}

/** Addresses of the services behind the gateway, by name; the environment says where each is. */
export interface UpstreamPlan {
  /** Plans are numbered by what makes them. */
  generation: number
  media: string[]
  link: string[]
}

export interface StatusSettings {
  intervalMs: number
  probeTimeoutMs: number
  /** `health` asks health endpoints only, `flows` also counts what users of the site's own apps got. */
  probes: 'health' | 'flows'
  degradeAfter: { ratio: number; windowMs: number; minRequests: number }
  /** Share of failed answers from which a component is out rather than degraded. */
  outageRatio: number
}

export interface GatewayConfig extends ConfigDocument {
  plan: PlanSettings
  guards: {
    /** The site's own apps and services, as the directory marks them, are no customers of a plan. */
    exemptOwnServices: boolean
    /** Plans of upstreams that are empty or older than the one in force are passed over. */
    upstreamPlans: boolean
  }
  quota: {
    /** Posts of one account in a UTC day. Absent: no quota. */
    publishPerDay?: number
  }
  session: { ttlS: number }
  upstream: UpstreamSettings
  upstreams: UpstreamPlan
  retry: RetrySettings
  cache: { ttlS: number; maxEntries: number }
  status: StatusSettings
}

const PAID_ENDPOINTS: readonly EndpointId[] = [
  'timeline.public',
  'media.upload',
  'media.read',
  'links.create',
  'links.open',
  'links.expand',
  'links.preview',
  'api.read',
  'api.timeline',
  'internal.posts',
  'internal.accounts',
]

const addresses = { type: 'array', items: { enum: ['primary'] } }

export const gatewayConfig: ConfigDefinition<GatewayConfig> = {
  defaults: {
    generation: 1,
    plan: {
      enforce: false,
      exemptClients: [],
      endpoints: Object.fromEntries(PAID_ENDPOINTS.map((id) => [id, ['paid']])),
      clients: { 'paid-app': 'paid', 'free-app': 'free' },
      docsUrl: `${DOCS_URL}/api/plans`,
    },
    guards: { exemptOwnServices: false, upstreamPlans: false },
    quota: { publishPerDay: 10_000 },
    session: { ttlS: 86_400 },
    upstream: { timeoutMs: 5_000 },
    upstreams: { generation: 12, media: ['primary'], link: ['primary'] },
    retry: { max: 1, baseMs: 20, jitter: 0.5 },
    cache: { ttlS: 14_400, maxEntries: 128 },
    status: {
      intervalMs: 250,
      probeTimeoutMs: 3_000,
      probes: 'health',
      degradeAfter: { ratio: 0.05, windowMs: 5_000, minRequests: 20 },
      outageRatio: 0.5,
    },
  },
  schema: strictObject({
    generation,
    plan: strictObject({
      enforce: boolean,
      exemptClients: strings,
      endpoints: {
        type: 'object',
        propertyNames: { enum: ENDPOINT_IDS },
        additionalProperties: strings,
      },
      clients: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
      docsUrl: { type: 'string', pattern: '^https?://', maxLength: 200 },
    }),
    guards: strictObject({ exemptOwnServices: boolean, upstreamPlans: boolean }),
    quota: strictObject({ publishPerDay: integer(0, 1_000_000_000) }, ['publishPerDay']),
    session: strictObject({ ttlS: integer(1, 31_536_000) }),
    upstream,
    upstreams: strictObject({
      generation: integer(1, Number.MAX_SAFE_INTEGER),
      media: addresses,
      link: addresses,
    }),
    retry,
    cache: strictObject({ ttlS: integer(0, 86_400), maxEntries: integer(0, 100_000) }),
    status: strictObject({
      intervalMs: integer(20, 60_000),
      probeTimeoutMs: integer(10, 60_000),
      probes: { enum: ['health', 'flows'] },
      degradeAfter: strictObject({
        ratio,
        windowMs: integer(100, 600_000),
        minRequests: integer(1, 1_000_000),
      }),
      outageRatio: ratio,
    }),
  }),
}
