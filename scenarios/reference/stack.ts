import { fileURLToPath } from 'node:url'
import { defineStack, type ServiceSpec, type Stack } from 'aftershock'

/** An RFC 7396 patch over the built-in configuration of a service, from the start. */
export type InitialConfig = Readonly<Record<string, unknown>>

export interface ReferenceOptions {
  readonly gateway?: InitialConfig
  readonly media?: InitialConfig
  readonly link?: InitialConfig
  /** Of the link service; 2 unless told. */
  readonly linkReplicas?: number
}

const siteNames = ['news', 'video', 'shop', 'plain', 'docs']

function service(
  name: string,
  connects: readonly string[],
  config: InitialConfig | undefined,
  packages: readonly string[] = [],
): ServiceSpec {
  const program = fileURLToPath(new URL(`./services/${name}/main.ts`, import.meta.url))
  return {
    name,
    replicas: 2,
    run: {
      kind: 'command',
      command: 'node',
      args: [program],
      env: {
        HOST: '{host}',
        PORT: '{port:http}',
        ADMIN_PORT: '{port:admin}',
        DATA_DIR: '{dataDir}',
        REPLICA: '{replica}',
        RESET_PORT: '{port:reset}',
        ...(config ? { CONFIG: JSON.stringify(config) } : {}),
        ...Object.fromEntries(connects.map((to) => [`${to.toUpperCase()}_URL`, `{link:${to}}`])),
      },
      packages,
    },
    ports: ['http', 'admin', 'reset'],
    health: { path: '/readyz' },
    config: {
      kind: 'http',
      port: 'admin',
      path: '/config',
      tokenEnv: 'ADMIN_TOKEN',
      schemaPath: '/config/schema',
      generationKey: 'generation',
    },
    reset: { port: 'reset', path: '/reset', variables: ['CONFIG'] },
    connects,
  }
}

/** A small social site: two replicas each of a gateway, a media and a link service. Media and link ask the gateway back. */
export function referenceSite(options: ReferenceOptions = {}): Stack {
  return defineStack({
    name: 'reference site',
    entry: 'gateway',
    services: [
      {
        ...service('gateway', ['media', 'link'], options.gateway),
        clock: { port: 'admin', path: '/clock' },
      },
      service('media', ['gateway'], options.media, ['sharp']),
      { ...service('link', ['gateway'], options.link), replicas: options.linkReplicas ?? 2 },
    ],
    sites: siteNames.map((name) => new URL(`../../mocks/sites/${name}.ts`, import.meta.url).href),
  })
}
