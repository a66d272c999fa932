import { createServer } from 'node:http'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { SiteVariant } from '../core/index.ts'
import { FabricClient } from './client.ts'
import type { UpstreamAddress } from './contract.ts'
import { createControlApi } from './control-api.ts'
import { Meter } from './meter.ts'
import { OutsideLog } from './outside-log.ts'
import { ask, serve, type TestServer } from './test-support.ts'
import type { VariantProblem } from './variant-board.ts'
import { ToxicBoard } from './toxic-board.ts'

const token = 'a-token-of-the-run'
const authorization = `Bearer ${token}`
const replica = { id: 'media-1', host: '127.0.0.1', port: 8080 }
const log = new OutsideLog(2)
const given = new Map<string, readonly UpstreamAddress[]>()
let api: TestServer
let inForce: SiteVariant | undefined

const toxics = new ToxicBoard('gateway>media', 1)
const meter = new Meter()

beforeAll(async () => {
  const controls = {
    setUpstreams(service: string, addresses: readonly UpstreamAddress[]) {
      if (service !== 'media') return false
      given.set(service, addresses)
      return true
    },
    restart: () => Promise.resolve(),
    setRelays: () => false,
    draining: () => 0,
    toxicsOf: (link: string) => (link === 'gateway>media' ? toxics : undefined),
    outsideAfter: (seq: number) => log.after(seq),
    links: () => [meter.read('gateway', 'media')],
    setVariant(host: string, setting: SiteVariant | undefined): VariantProblem | undefined {
      if (host !== 'news.example') return { kind: 'unknown', message: 'known are news.example' }
      if (setting?.name === 'moved') return { kind: 'unusable', message: "moved needs 'to'" }
      inForce = setting
      return undefined
    },
  }
  api = await serve(createControlApi(controls, token))
})
afterAll(() => api[Symbol.asyncDispose]())

function put(body: string, path = '/upstreams/media') {
  return ask(api.url + path, { method: 'PUT', body, headers: { authorization } })
}

it('sets and removes toxics, and says all that is wrong with one', async () => {
  const path = '/toxics/gateway%3Emedia/latency_downstream'
  const toxic = { type: 'latency', attributes: { latency: 5 } }
  expect((await put(JSON.stringify(toxic), path)).status).toBe(200)
  expect(toxics.list()).toEqual([toxic])
  const wrong = { type: 'latency', toxicity: 2, attributes: { latency: -1, rate: 3 } }
  const answer = await put(JSON.stringify(wrong), path)
  expect(answer.status).toBe(400)
  for (const word of ['toxicity is 2', 'latency.latency is -1', 'no attribute rate'])
    expect(answer.text).toContain(word)
  expect((await put(JSON.stringify(toxic), path.replace('media', 'nobody'))).status).toBe(404)
  const headers = { authorization }
  expect((await ask(api.url + path, { method: 'DELETE', headers })).status).toBe(200)
  expect(toxics.list()).toEqual([])
})

describe('who may use it', () => {
  it.each([undefined, 'Bearer wrong', `Basic ${token}`, 'Bearer '])(
    'not %j',
    async (credentials) => {
      const headers = credentials === undefined ? {} : { authorization: credentials }
      expect((await ask(`${api.url}/healthz`, { headers })).status).toBe(401)
    },
  )

  it.each(['localhost', '127.0.0.1:99', '[::1]:80'])('by the name %s', async (host) => {
    const answer = await ask(`${api.url}/healthz`, { headers: { authorization, host } })
    expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}'])
  })

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.1'])(
    'not by the name %s',
    async (host) => {
      const answer = await ask(`${api.url}/healthz`, { headers: { authorization, host } })
      expect(answer.status).toBe(403)
    },
  )
})

describe('what it refuses', () => {
  it.each([
    ['not JSON', '{'],
    ['no list', '{}'],
    ['a host name', JSON.stringify([{ ...replica, host: 'localhost' }])],
    ['port 0', JSON.stringify([{ ...replica, port: 0 }])],
    ['an id that is no header value', JSON.stringify([{ ...replica, id: 'a\r\nb' }])],
    ['a text for refuses', JSON.stringify([{ ...replica, refuses: 'yes' }])],
    ['an id twice', JSON.stringify([replica, replica])],
  ])('%s, with 400', async (_, body) => {
    const answer = await put(body)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) as string })
  })

  it('a body beyond 64 KiB, with 413', async () => {
    expect((await put(' '.repeat(70_000))).status).toBe(413)
  })

  it('an unknown service or resource, with 404', async () => {
    expect((await put('[]', '/upstreams/mail')).status).toBe(404)
    expect((await put('[]', '/nothing')).status).toBe(404)
  })

  it('another method, with 405 and the one that is possible', async () => {
    const answer = await put('[]', '/links')
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET'])
  })

  it.each(['-1', 'x', '1.5', ''])('after=%s, with 400', async (after) => {
    const url = `${api.url}/outside?after=${after}`
    expect((await ask(url, { headers: { authorization } })).status).toBe(400)
  })
})

describe('the variant of a site', () => {
  const path = '/sites/news.example/variant'
  const { signal } = new AbortController()

  it('is put in force and taken back by the client', async () => {
    const client = new FabricClient(api.url, token)
    await client.setVariant('news.example', { name: 'slow', toxicity: 0.5, first: 3 }, signal)
    expect(inForce).toEqual({ name: 'slow', toxicity: 0.5, first: 3 })
    await client.setVariant('news.example', undefined, signal)
    expect(inForce).toBeUndefined()
  })

  it.each([
    ['{}', 'name must be the name of a variant'],
    ['[]', 'the body must be {name, toxicity?, first?, to?}'],
    ['{"name":"slow","toxicity":0}', 'toxicity must be a number in (0, 1]'],
    ['{"name":"slow","toxicity":1.1,"first":0}', '(0, 1]; first must be a whole number from 1'],
    ['{"name":"slow","delay":1}', 'delay is not known'],
    ['{"name":"moved"}', "moved needs 'to'"],
  ])('%s is refused with 400', async (body, problem) => {
    const answer = await put(body, path)
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(problem)])
  })

  it('is refused with 404 where there is no such site, and the answer says what there is', async () => {
    const answer = await put('{"name":"slow"}', '/sites/old.example/variant')
    expect([answer.status, answer.text]).toEqual([404, '{"error":"known are news.example"}'])
  })
})

describe('its client', () => {
  const { signal } = new AbortController()

  it('sets replicas, and reads the log and the links', async () => {
    const client = new FabricClient(api.url, token)
    await client.setUpstreams('media', [replica], signal)
    expect(given.get('media')).toEqual([replica])
    const record = { atMs: 1, from: 'link-1', method: 'GET', url: 'http://a.example/' }
    for (let i = 0; i < 4; i += 1) log.add({ ...record, outcome: 'answered', status: 200 })
    const page = await client.outside(1, signal)
    expect([page.records.map(({ seq }) => seq), page.dropped]).toEqual([[3, 4], 1])
    meter.start()('error')
    expect(await client.links(signal)).toEqual([meter.read('gateway', 'media')])
  })

  it('says what was refused', async () => {
    const client = new FabricClient(api.url, token)
    await expect(client.setUpstreams('mail', [], signal)).rejects.toMatchObject({
      code: 'FABRIC_FAILED',
      message: 'fabric: PUT /upstreams/mail was answered 404: {"error":"no service mail"}',
    })
  })

  it('says that the fabric is not there', async () => {
    const gone = await serve(createServer())
    await gone[Symbol.asyncDispose]()
    await expect(new FabricClient(gone.url, token).links(signal)).rejects.toMatchObject({
      code: 'FABRIC_FAILED',
      message: expect.stringContaining('ECONNREFUSED') as string,
      hint: expect.stringContaining('has ended') as string,
    })
  })

  it('tells an abort from a failure', async () => {
    const client = new FabricClient(api.url, token)
    await expect(client.links(AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

it('tells what its event loop went through since it was last asked', async () => {
  const client = new FabricClient(api.url, token)
  const signal = AbortSignal.timeout(30_000)
  await client.strain(signal)
  const until = performance.now() + 300
  while (performance.now() < until);
  const after = await client.strain(signal)
  expect(after.lagMs).toBeGreaterThan(250)
  expect(after.busy).toBeGreaterThan(0)
  expect(after.cpu).toBeGreaterThan(0)
})
