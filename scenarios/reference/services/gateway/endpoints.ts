/** The names of what the gateway offers. Plans, logs and the status page speak of these. */
export const ENDPOINT_IDS = [
  'session.create',
  'timeline.home',
  'timeline.public',
  'posts.create',
  'posts.read',
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
] as const

export type EndpointId = (typeof ENDPOINT_IDS)[number]

/** Declared by each route, as its `config`. */
interface EndpointConfig {
  endpoint: EndpointId
  /** Nobody gets in without a session. */
  needsSession?: boolean
  /** For the site's services, not for apps. */
  servicesOnly?: boolean
  /** Answers may come from the gateway's cache, before anything is checked. */
  cached?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig extends Partial<EndpointConfig> {}
}
