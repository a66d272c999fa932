import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineStack, type ServiceSpec } from 'aftershock'

const context = new URL('image/', import.meta.url)
/** As it comes from a registry; or, where fetch-nginx.ts was run, built from Debian's package. */
const nginxImage = existsSync(new URL('root/', context)) ? { context: context.href } : 'nginx:1.29'

function upstream(name: string, prefix: string, type: string): ServiceSpec {
  return {
    name,
    replicas: 1,
    run: {
      kind: 'command',
      command: 'node',
      args: [fileURLToPath(new URL('upstream.ts', import.meta.url))],
      env: { HOST: '{host}', PORT: '{port:http}', PREFIX: prefix, TYPE: type },
    },
    ports: ['http'],
    health: { path: '/healthz' },
    connects: [],
  }
}

/** A system that this harness knows nothing about: nginx, as it comes, as the gateway before two upstreams. */
export const nginxSite = defineStack({
  name: 'nginx before two upstreams',
  entry: 'gateway',
  services: [
    {
      name: 'gateway',
      replicas: 2,
      run: {
        kind: 'image',
        image: nginxImage,
        containerPorts: { http: 8080 },
        files: {
          '/etc/nginx/nginx.conf': readFileSync(new URL('nginx.conf', import.meta.url), 'utf8'),
        },
      },
      ports: ['http'],
      health: { path: '/healthz' },
      connects: ['images', 'pages'],
    },
    upstream('images', '/images/', 'image/png'),
    upstream('pages', '/', 'text/html'),
  ],
  sites: [],
})
