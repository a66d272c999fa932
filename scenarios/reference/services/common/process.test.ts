import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newImageId, newLinkCode, oldImageId } from '../seed-facts.ts'
import { runToExit, startProcess, type ServiceProcess } from '../testing/process.ts'
import { asApp, call, json, signIn, temporaryDirectory } from '../testing/site.ts'

// Several processes start at once, on whatever machine this is.
vi.setConfig({ testTimeout: 30_000 })

let dir: string

beforeEach(() => {
  dir = temporaryDirectory()
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('starting', () => {
  it.each([
    ['media', `/images/${oldImageId(300)}`],
    ['media', `/images/${newImageId(300)}`],
    ['link', `/links/${newLinkCode(100)}`],
  ])('three replicas of %s at once on an empty directory all have %s', async (service, path) => {
    await using stack = new AsyncDisposableStack()
    // Held one by one: if one does not start, the others are stopped all the same.
    const replicas = await Promise.all(
      [1, 2, 3].map(async (n) =>
        stack.use(await startProcess(service, { DATA_DIR: dir, REPLICA: `${service}-${n}` })),
      ),
    )
    for (const [n, replica] of replicas.entries()) {
      expect((await call(replica.url, '/readyz')).status).toBe(200)
      const answer = await call(replica.url, path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-served-by')).toBe(`${service}-${n + 1}`)
    }
  })

  it('two replicas of the gateway at once share accounts, sessions and posts', async () => {
    await using stack = new AsyncDisposableStack()
    const start = async (replica: string): Promise<ServiceProcess> =>
      stack.use(await startProcess('gateway', { DATA_DIR: dir, REPLICA: replica }))
    const [one, two] = await Promise.all([start('gateway-1'), start('gateway-2')])
    const ada = await signIn(one.url, 'web', 'ada')
    const answer = await call(two.url, '/api/posts', {
      ...json({ text: 'from the other one' }),
      headers: { ...ada, 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(201)
    const { id } = (await answer.json()) as { id: string }
    expect((await call(one.url, `/api/posts/${id}`, { headers: ada })).status).toBe(200)
  })

  it('merges CONFIG_FILE over the defaults', async () => {
    const file = join(dir, 'config.json')
    writeFileSync(file, JSON.stringify({ generation: 7, plan: { enforce: true } }))
    await using gateway = await startProcess('gateway', { DATA_DIR: dir, CONFIG_FILE: file })
    const answer = await call(gateway.adminUrl, '/config', {
      headers: { authorization: 'Bearer admin-token-of-the-test' },
    })
    expect(await answer.json()).toMatchObject({
      generation: 7,
      plan: { enforce: true, clients: { 'paid-app': 'paid' } },
    })
  })

  it('merges CONFIG, which holds the document itself, over the defaults', async () => {
    await using gateway = await startProcess('gateway', {
      DATA_DIR: dir,
      CONFIG: JSON.stringify({ generation: 3 }),
    })
    const answer = await call(gateway.adminUrl, '/config', {
      headers: { authorization: 'Bearer admin-token-of-the-test' },
    })
    expect(await answer.json()).toMatchObject({ generation: 3, plan: { enforce: false } })
  })

  it('exits with 78 when CONFIG and CONFIG_FILE are both set', async () => {
    const { code, stderr } = await runToExit('gateway', {
      DATA_DIR: dir,
      CONFIG: '{}',
      CONFIG_FILE: join(dir, 'config.json'),
    })
    expect([code, stderr]).toEqual([78, 'gateway: CONFIG and CONFIG_FILE are both set\n'])
  })

  it.each([
    ['an unknown key', '{"plans":{}}', 'gateway: invalid configuration: /plans must NOT'],
    ['a wrong type', '{"cache":{"ttlS":"1"}}', '/cache/ttlS must be integer'],
    ['no JSON', '{', 'gateway: CONFIG_FILE'],
  ])('exits with 78 and one line for a CONFIG_FILE with %s', async (_name, text, message) => {
    const file = join(dir, 'config.json')
    writeFileSync(file, text)
    const { code, stderr } = await runToExit('gateway', { DATA_DIR: dir, CONFIG_FILE: file })
    expect(code).toBe(78)
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it.each([
    ['gateway', { ADMIN_TOKEN: '' }, 'ADMIN_TOKEN is not set'],
    ['media', { GATEWAY_URL: 'not an address' }, 'GATEWAY_URL is not an http address'],
    ['link', { EGRESS_ALLOW_CIDRS: 'everything' }, 'EGRESS_ALLOW_CIDRS is no list'],
    ['link', { PORT: '70000' }, 'PORT is not a port'],
  ])('%s exits with 78 for %j', async (service, env, message) => {
    const { code, stderr } = await runToExit(service, { DATA_DIR: dir, ...env })
    expect([code, stderr]).toEqual([78, expect.stringContaining(message)])
  })
})

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s finishes what is in flight, refuses what is new, and exits with 0',
    async (signal) => {
      const held: ServerResponse[] = []
      const slowMedia = createServer((_request, answer) => void held.push(answer)).listen(
        0,
        '127.0.0.1',
      )
      await using stack = new AsyncDisposableStack()
      stack.defer(() => void slowMedia.close())
      stack.defer(() => slowMedia.closeAllConnections())
      await once(slowMedia, 'listening')
      const { port } = slowMedia.address() as AddressInfo
      const gateway = stack.use(
        await startProcess('gateway', {
          DATA_DIR: dir,
          MEDIA_URL: `http://127.0.0.1:${port}`,
          // Probes would be held by the slow server too.
          CONFIG_FILE: configFile({ status: { intervalMs: 60_000 } }),
        }),
      )
      const inFlight = call(gateway.url, '/media/x', { headers: asApp('web') })
      await once(slowMedia, 'request')
      gateway.child.kill(signal)
      await refused(gateway.url)
      held[0]?.writeHead(200, { 'content-type': 'image/png', etag: '"x"' }).end('image')
      const answer = await inFlight
      expect([answer.status, await answer.text()]).toEqual([200, 'image'])
      expect(await gateway.exit).toBe(0)
    },
  )

  it('gives up on a request that does not end, and still exits with 0', async () => {
    await using gateway = await startProcess('gateway', { DATA_DIR: dir })
    // A body that is announced and never sent.
    const { port } = new URL(gateway.url)
    const headers = {
      ...asApp('web'),
      'content-type': 'application/json',
      'content-length': '10',
    }
    const stuck = request({ port, method: 'POST', path: '/api/sessions', agent: false, headers })
    const broken = once(stuck, 'error')
    stuck.flushHeaders()
    await once(stuck, 'socket')
    await call(gateway.url, '/healthz')
    gateway.child.kill('SIGTERM')
    expect(await gateway.exit).toBe(0)
    await broken
  })
})

it('logs one line for each request, and no secret', async () => {
  const env = { DATA_DIR: dir, REPLICA: 'gateway-7' }
  await using gateway = await startProcess('gateway', env)
  const ada = await signIn(gateway.url, 'web', 'ada')
  const home = await call(gateway.url, '/api/timeline/home?secret=in-the-query', { headers: ada })
  gateway.child.kill('SIGTERM')
  await gateway.exit
  const lines = gateway.lines().map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.filter(({ msg }) => msg === 'request')).toEqual([
    expect.objectContaining({ endpoint: 'session.create', method: 'POST', status: 201 }),
    expect.objectContaining({
      traceId: home.headers.get('x-trace-id'),
      replica: 'gateway-7',
      app: 'web',
      endpoint: 'timeline.home',
      route: '/api/timeline/home',
      status: 200,
      ms: expect.any(Number),
    }),
  ])
  const [, token = 'none'] = (ada['authorization'] ?? '').split(' ')
  for (const secret of ['web-key', 'ada-password', 'admin-token', 'in-the-query', token]) {
    expect(gateway.lines().join('\n')).not.toContain(secret)
  }
})

function configFile(patch: object): string {
  const file = join(dir, 'config.json')
  writeFileSync(file, JSON.stringify(patch))
  return file
}

/** Resolves when nobody accepts connections there any more. */
async function refused(url: string): Promise<void> {
  const deadline = Date.now() + 2_000
  while (Date.now() < deadline) {
    const accepted = await call(url, '/healthz').catch(() => undefined)
    if (accepted === undefined) return
    await accepted.text()
  }
  throw new Error(`${url} still accepts connections`)
}
