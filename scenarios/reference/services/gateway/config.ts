import type { ConfigDefinition, ConfigDocument } from '../common/config-store.ts'
import type { QuerySettings } from '../common/query-queue.ts'
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

export interface PolicyRule {
  id: string
  /** An endpoint, or '*' for all. */
  route: string
  limit: { perMinute: number }
}

export interface WafRule {
  id: string
  /** `simulate` writes a log field, `block` refuses. */
  mode: 'simulate' | 'block'
  pattern: string
}

export interface Tenant {
  /** The paths that are this tenant's, `/acme/*` for instance. */
  cacheKey: string
}

export interface GatewayConfig extends ConfigDocument {
  plan: PlanSettings
  guards: {
    /** The site's own apps and services, as the directory marks them, are no customers of a plan. */
    exemptOwnServices: boolean
    /** Plans of upstreams that are empty or older than the one in force are passed over. */
    upstreamPlans: boolean
    /** A policy rule without a limit is passed over. */
    skipBlankPolicies: boolean
    /** A missing quota is what it was last. */
    keepLastQuota: boolean
    /** In place of a list of features that does not fit, the last one that did. */
    refuseOversizedFeatures: boolean
    /** A tenant whose settings cannot be used does without, and the others do not notice. */
    isolateTenants: boolean
    /** A rule that takes longer than waf.timeBudgetMs is put out of use. */
    wafTimeBudget: boolean
    /** A cache node that joins is filled from the one that leaves. */
    warmCacheNodes: boolean
    /** In place of a limit that is no number the last one that was; nobody repairs anything. */
    keepLastLimit: boolean
  }
  /** What apps may do, how many tasks look at it, where those read the rules, and how they are started again. */
  policy: QuerySettings & {
    rules: PolicyRule[]
    tasks: number
    /** Up to `jitterMs` later than `delayMs`, by chance. */
    restart: { delayMs: number; jitterMs: number }
  }
  /** The list of bot features is made anew every `everyMs`, from what the next node sees in these schemas; `max` have room. */
  features: { everyMs: number; max: number; nodes: { schemas: string[] }[] }
  tenants: Record<string, Tenant>
  waf: { rules: WafRule[]; timeBudgetMs: number }
  admission: {
    /** A request that is held up for longer than this before it is looked at is given up. */
    deadlineMs: number
    /** Nobody is let in. The status page stays open. */
    closed: boolean
    /** How much of what needs the authors' cache (home timelines, images, previews) a replica puts together in a second; more are told to come again. */
    readsPerSecond: number
  }
  /** How it is known whose posts may be shown. */
  authors: QuerySettings & { cacheNode: string }
  /** Settings that lie in a database, and how it is asked. What edits them writes texts. */
  settings: QuerySettings & { headerBytes: string }
  quota: {
    /** Posts of one account in a UTC day. Absent: none, see guards.keepLastQuota. */
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
const name = { type: 'string', minLength: 1, maxLength: 64 }

const query = {
  queryMs: integer(1, 60_000),
  timeoutMs: integer(1, 60_000),
  maxQueued: integer(1, 100_000),
}
const policyRule = strictObject({
  id: name,
  route: { enum: ['*', ...ENDPOINT_IDS] },
  // Editors write null for a field that was left blank.
  limit: {
    ...strictObject({ perMinute: integer(0, 1_000_000_000) }),
    type: ['object', 'null'],
  },
})

const schemas = { type: 'array', items: { enum: ['default', 'r0'] } }

const wafRule = strictObject({
  id: name,
  mode: { enum: ['simulate', 'block'] },
  pattern: { type: 'string', minLength: 1, maxLength: 1_000, format: 'regex' },
})

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
    guards: {
      exemptOwnServices: false,
      upstreamPlans: false,
      skipBlankPolicies: false,
      keepLastQuota: false,
      refuseOversizedFeatures: false,
      isolateTenants: false,
      wafTimeBudget: false,
      warmCacheNodes: false,
      keepLastLimit: false,
    },
    policy: {
      rules: [],
      tasks: 3,
      restart: { delayMs: 40, jitterMs: 0 },
      queryMs: 200,
      timeoutMs: 300,
      maxQueued: 4,
    },
    features: {
      everyMs: 300_000,
      max: 200,
      nodes: Array.from({ length: 3 }, () => ({ schemas: ['default'] })),
    },
    tenants: { site: { cacheKey: '/media/*' }, acme: { cacheKey: '/acme/*' } },
    waf: {
      rules: [{ id: 'path-traversal', mode: 'block', pattern: '(\\.\\./){2}' }],
      timeBudgetMs: 20,
    },
    admission: { deadlineMs: 10_000, closed: false, readsPerSecond: 10_000 },
    authors: { cacheNode: 'node-1', queryMs: 50, timeoutMs: 280, maxQueued: 20 },
    settings: { headerBytes: '16384', queryMs: 150, timeoutMs: 400, maxQueued: 12 },
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
    guards: strictObject({
      exemptOwnServices: boolean,
      upstreamPlans: boolean,
      skipBlankPolicies: boolean,
      keepLastQuota: boolean,
      refuseOversizedFeatures: boolean,
      isolateTenants: boolean,
      wafTimeBudget: boolean,
      warmCacheNodes: boolean,
      keepLastLimit: boolean,
    }),
    policy: strictObject({
      rules: { type: 'array', items: policyRule },
      tasks: integer(1, 32),
      restart: strictObject({ delayMs: integer(1, 60_000), jitterMs: integer(0, 60_000) }),
      ...query,
    }),
    features: strictObject({
      everyMs: integer(20, 86_400_000),
      max: integer(1, 10_000),
      nodes: { type: 'array', minItems: 1, items: strictObject({ schemas }) },
    }),
    tenants: {
      type: 'object',
      propertyNames: { pattern: '^[a-z][a-z0-9]{0,31}$' },
      additionalProperties: strictObject({
        cacheKey: { type: 'string', pattern: '^[a-z0-9/*_-]{1,64}$' },
      }),
    },
    waf: strictObject({
      rules: { type: 'array', items: wafRule },
      timeBudgetMs: integer(1, 10_000),
    }),
    admission: strictObject({
      deadlineMs: integer(1, 60_000),
      closed: boolean,
      readsPerSecond: { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 },
    }),
    authors: strictObject({ cacheNode: name, ...query }),
    settings: strictObject({ headerBytes: name, ...query }),
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
