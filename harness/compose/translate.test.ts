import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ComposeService } from './compose-file.ts'
import { translate } from './translate.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
  mkdirSync(join(folder, 'etc', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'etc', 'a.conf'), 'upstream http://api:3000/x')
  writeFileSync(join(folder, 'etc', 'deep', 'b.conf'), 'b')
  writeFileSync(join(folder, 'picture'), Buffer.from([0xff, 0xd8, 0xff]))
  writeFileSync(join(folder, 'large'), 'x'.repeat(4 * 2 ** 20 + 1))
})
afterAll(() => rmSync(folder, { recursive: true }))

const http = { web: { port: 80, health: '/up' }, api: { port: 3000, health: '/up' } }

function translated(services: Readonly<Record<string, ComposeService>>) {
  const others = { web: { image: 'web:1' }, api: { image: 'api:1' } }
  const result = translate({ services: { ...others, ...services } }, folder, { http })
  const find = (name: string) => result.services.find((service) => service.name === name)
  return { problems: result.problems, web: find('web'), find }
}

const web = (service: ComposeService) => translated({ web: { image: 'web:1', ...service } })

describe('a service of a compose file as one of a stack', () => {
  test('has the image, the front door and the health that are said, and its own name as alias', () => {
    expect(web({})).toMatchObject({
      problems: [],
      web: {
        name: 'web',
        replicas: 1,
        run: { kind: 'image', image: 'web:1', containerPorts: { http: 80 }, aliases: ['web'] },
        ports: ['http'],
        health: { path: '/up' },
        connects: [],
      },
    })
  })

  test('is built when the file says how', () => {
    const { web: built } = web({ build: { context: '/src', args: { A: 1, B: null } } })
    expect(built?.run).toMatchObject({ image: { context: '/src', buildArgs: { A: '1', B: '' } } })
  })

  test('reaches services that speak HTTP through links, wherever their address stands', () => {
    const { web: linked } = web({
      environment: { A: 'http://api:3000/v1', B: 'http://api:30001', C: 'http://web', D: null },
      command: 'serve --upstream http://api:3000',
      volumes: ['./etc:/etc/web:ro'],
    })
    expect(linked?.connects).toEqual(['api'])
    expect(linked?.run).toMatchObject({
      command: ['serve', '--upstream', '{link:api}'],
      env: { A: '{link:api}/v1', B: 'http://api:30001', C: 'http://web', D: '' },
      files: { '/etc/web/a.conf': 'upstream {link:api}/x', '/etc/web/deep/b.conf': 'b' },
    })
    const { find } = translated({ api: { image: 'api:1', environment: { W: 'http://web/x' } } })
    expect(find('api')).toMatchObject({ connects: ['web'], run: { env: { W: '{link:web}/x' } } })
  })

  test('without HTTP has no port, and is ready by its health check, or when it runs', () => {
    const healthOf = (test?: string | string[]) =>
      translated({ db: { image: 'db:1', ...(test ? { healthcheck: { test } } : {}) } }).find('db')
    expect(healthOf(['CMD', 'ping', '-c'])).toMatchObject({
      ports: [],
      health: { command: ['ping', '-c'] },
    })
    expect(healthOf(['CMD-SHELL', 'ping || exit 1'])?.health.command).toEqual([
      'sh',
      '-c',
      'ping || exit 1',
    ])
    expect(healthOf()?.health).toEqual({ timeoutMs: 60_000 })
    expect(healthOf(['NONE'])?.health).toEqual({ timeoutMs: 60_000 })
  })

  test.each([
    ['64M', 64],
    ['1.5g', 1536],
    [67_108_864, 64],
    ['67108864', 64],
    ['128mb', 128],
    ['2048k', 2],
  ])('has the memory %s as %d MiB', (size, memoryMb) => {
    expect(web({ mem_limit: size }).web?.resources).toEqual({ memoryMb })
  })

  test('has the replicas, limits, order and volume of the file', () => {
    const service: ComposeService = {
      deploy: { replicas: 3, resources: { limits: { cpus: '0.5', memory: '64M' } } },
      depends_on: { api: { condition: 'service_healthy' } },
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
    }
    expect(web(service)).toMatchObject({
      problems: [],
      web: {
        replicas: 3,
        resources: { cpus: 0.5, memoryMb: 64 },
        startsAfter: ['api'],
        run: { dataDir: '/data' },
      },
    })
    expect(web({ depends_on: ['api'] }).web?.startsAfter).toEqual(['api'])
  })
})

test.each<[string, object, string]>([
  ['a key that means something else here', { privileged: true }, 'privileged is not supported'],
  ['neither image nor build', { image: undefined }, 'has neither image nor build.context'],
  ['a build by a target', { build: { context: '/a', target: 'x' } }, 'build.target is not'],
  ['a file that is not there', { volumes: ['./no:/x'] }, 'there is no '],
  ['a file that is no text', { volumes: ['./picture:/x'] }, 'is no text'],
  ['more than settings', { volumes: ['./large:/x'] }, 'holds more than 4 MiB'],
  ['a device', { volumes: ['/dev/null:/x'] }, 'is neither a file nor a folder'],
  ['two volumes', { volumes: ['a:/a', 'b:/b'] }, '/b (volume) is one too many'],
  ['a size that is none', { mem_limit: 'much' }, "mem_limit is 'much'"],
  [
    'a service that ends',
    { depends_on: { api: { condition: 'service_completed_successfully' } } },
    'a service that ends is not supported',
  ],
])('%s is an error that names it', (_, service, message) => {
  expect(web(service as ComposeService).problems).toEqual([
    expect.stringMatching(new RegExp(`^services\\.web\\..*${message.replace(/[()]/g, '\\$&')}`)),
  ])
})

test('volumes that services share, and names that do not exist, are errors', () => {
  const volumes = ['data:/data']
  const shared = translated({
    web: { image: 'a', volumes },
    api: { image: 'b', volumes },
  })
  expect(shared.problems).toEqual([
    'services.api.volumes: data is shared with web: services share nothing',
  ])
  const missing = translate({ services: { web: { image: 'a' } } }, folder, { http })
  expect(missing.problems).toEqual(['http.api: there is no such service: web'])
})

test('a service with HTTP and no health at all is an error', () => {
  const { problems } = translate({ services: { web: { image: 'a' } } }, folder, {
    http: { web: { port: 80 } },
  })
  expect(problems).toEqual([
    'services.web.healthcheck is missing: say in http on which path it answers 2xx when it is ready',
  ])
})
