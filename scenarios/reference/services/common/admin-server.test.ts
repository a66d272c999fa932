import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { gatewayConfig } from '../gateway/config.ts'
import { linkConfig } from '../link/config.ts'
import { mediaConfig } from '../media/config.ts'
import { ADMIN_TOKEN, call, startSite, type TestSite } from '../testing/site.ts'
import {
  ConfigStore,
  type ConfigDefinition,
  type ConfigDocument,
  type ReplaceResult,
} from './config-store.ts'

type Document = typeof gatewayConfig.defaults

describe('the configuration of a replica over its admin port', () => {
  let site: TestSite
  let etag: string
  let document: Document

  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site[Symbol.asyncDispose]())
  beforeEach(async () => {
    const answer = await admin('GET')
    etag = answer.headers.get('etag') ?? ''
    document = (await answer.json()) as Document
  })

  const admin = (
    method: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ): Promise<Response> =>
    call(site.gateway.adminUrl, '/config', {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  const next = (change: object = {}): object => ({
    ...document,
    generation: document.generation + 1,
    ...change,
  })

  it('moves the clock of the gateway, by a number only', async () => {
    const move = (offsetMs: unknown) =>
      call(site.gateway.adminUrl, '/clock', {
        method: 'PUT',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ offsetMs }),
      })
    const ahead = await move(86_400_000)
    const { now } = (await ahead.json()) as { now: string }
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(86_000_000)
    expect((await move('1')).status).toBe(422)
    expect((await move(1e15)).status).toBe(422)
    expect((await move(0)).status).toBe(200)
  })

  it.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['another scheme', { authorization: `Basic ${ADMIN_TOKEN}` }],
  ])('answers 401 to %s, on each route', async (_name, headers: Record<string, string>) => {
    for (const path of ['/config', '/config/schema', '/clock']) {
      const answer = await call(site.gateway.adminUrl, path, { headers })
      expect(answer.status).toBe(401)
    }
    expect((await admin('PUT', { authorization: '', 'if-match': etag }, next())).status).toBe(401)
  })

  it('is not served on the public port', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await call(site.gateway.url, '/config', { headers })).status).toBe(404)
  })

  it('answers 428 without If-Match', async () => {
    expect((await admin('PUT', {}, next())).status).toBe(428)
  })

  it.each(['"another"', 'W/<etag>'])('answers 412 when If-Match is %s', async (pattern) => {
    const ifMatch = pattern.replace('<etag>', etag)
    expect((await admin('PUT', { 'if-match': ifMatch }, next())).status).toBe(412)
    expect((await admin('GET')).headers.get('etag')).toBe(etag)
  })

  it('answers 422 with every schema error and keeps the document', async () => {
    const broken = next({ plan: { ...document.plan, enforce: 'yes', docsUrl: 7 }, surprise: 1 })
    const answer = await admin('PUT', { 'if-match': etag }, broken)
    expect(answer.status).toBe(422)
    const { errors } = (await answer.json()) as { errors: object[] }
    expect(errors).toEqual(
      expect.arrayContaining([
        { path: '/surprise', message: 'must NOT have additional properties' },
        { path: '/plan/enforce', message: 'must be boolean' },
        { path: '/plan/docsUrl', message: 'must be string' },
      ]),
    )
    expect(errors).toHaveLength(3)
    expect((await admin('GET')).headers.get('etag')).toBe(etag)
  })

  it('answers 422 when the generation is missing', async () => {
    const { generation: _left, ...rest } = document
    const answer = await admin('PUT', { 'if-match': etag }, rest)
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ errors: [{ path: '/generation' }] })
  })

  it('answers 409 when the generation does not grow', async () => {
    const same = next({ generation: document.generation })
    expect((await admin('PUT', { 'if-match': etag }, same)).status).toBe(409)
  })

  it('answers 200 with the document and its new ETag, and applies it to the next request', async () => {
    const probe = (): Promise<Response> =>
      call(site.gateway.url, '/api/timeline/public', {
        headers: { 'x-app-id': 'web', 'x-app-key': 'web-key' },
      })
    expect((await probe()).status).toBe(200)
    const wanted = next({ plan: { ...document.plan, enforce: true } })
    const answer = await admin('PUT', { 'if-match': etag }, wanted)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual(wanted)
    const newEtag = answer.headers.get('etag')
    expect(newEtag).not.toBe(etag)
    expect((await admin('GET')).headers.get('etag')).toBe(newEtag)
    expect((await probe()).status).toBe(403)
  })

  it('publishes the schema that it checks by', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const answer = await call(site.gateway.adminUrl, '/config/schema', { headers })
    expect(await answer.json()).toEqual(gatewayConfig.schema)
  })
})

describe('the built-in configuration', () => {
  const definitions: [string, ConfigDefinition<ConfigDocument>][] = [
    ['gateway', gatewayConfig],
    ['media', mediaConfig],
    ['link', linkConfig],
  ]

  it.each(definitions)('of %s satisfies its own schema', async (_name, definition) => {
    expect(await new ConfigStore(definition).check(definition.defaults)).toEqual([])
  })

  it('may lack what is documented as optional', async () => {
    const gateway = { ...gatewayConfig.defaults, quota: {} }
    expect(await new ConfigStore(gatewayConfig).check(gateway)).toEqual([])
    const { timeoutMs: _left, ...fetch } = linkConfig.defaults.fetch
    expect(await new ConfigStore(linkConfig).check({ ...linkConfig.defaults, fetch })).toEqual([])
  })

  it('has the same ETag whatever the order of keys', async () => {
    const store = new ConfigStore(linkConfig)
    const reversed = Object.fromEntries(Object.entries(linkConfig.defaults).toReversed())
    const other = new ConfigStore({ ...linkConfig, defaults: reversed as never })
    expect(other.etag).toBe(store.etag)
  })
})

it('lets one of two writers win when both have read the same document', async () => {
  const store = new ConfigStore(linkConfig)
  const { etag, current } = store
  const write = (generation: number): Promise<ReplaceResult> =>
    store.replace({ ...current, generation }, etag)
  const results = await Promise.all([write(2), write(3)])
  expect(results).toEqual([{ kind: 'replaced' }, { kind: 'changed-meanwhile' }])
  expect(store.current.generation).toBe(2)
})
