import { describe, expect, it } from 'vitest'
import { asApp, call, eventually, reconfigure, signIn, startSite } from '../testing/site.ts'

describe('what does not come back by itself', () => {
  it.each([
    [false, 503],
    [true, 200],
  ])('a cache node is replaced; warm: %s', async (warmCacheNodes, expected) => {
    const authors = { queryMs: 50, timeoutMs: 10 }
    await using site = await startSite({ gateway: { guards: { warmCacheNodes }, authors } })
    const headers = await signIn(site.gateway.url, 'web', 'ada')
    const look = async (): Promise<number> =>
      (await call(site.gateway.url, '/api/timeline/home', { headers })).status
    expect(await look()).toBe(200)
    await reconfigure(site.gateway, { authors: { cacheNode: 'node-2' } })
    expect(await look()).toBe(expected)
    await reconfigure(site.gateway, { authors: { cacheNode: 'node-1' } })
    expect(await look()).toBe(expected)
  })

  it('a setting that is no number is repaired by everybody, and kept by the guard', async () => {
    await using site = await startSite({ gateway: { settings: { queryMs: 20 } } })
    const look = async (): Promise<number> =>
      (await call(site.gateway.url, '/api/timeline/public', { headers: asApp('web') })).status
    await reconfigure(site.gateway, { settings: { headerBytes: '32k' } })
    expect(await look()).toBe(503)
    await reconfigure(site.gateway, { guards: { keepLastLimit: true } })
    await reconfigure(site.gateway, { settings: { headerBytes: '16384' } })
    await eventually(look, (status) => status === 200)
    await reconfigure(site.gateway, { settings: { headerBytes: '32k' } })
    expect(await look()).toBe(200)
  })

  it('a query that fails takes away a value that was put right meanwhile', async () => {
    await using site = await startSite({ gateway: { settings: { queryMs: 200, timeoutMs: 100 } } })
    const look = async (): Promise<number> =>
      (await call(site.gateway.url, '/api/timeline/public', { headers: asApp('web') })).status
    await reconfigure(site.gateway, { settings: { headerBytes: '32k' } })
    const underWay = look()
    await reconfigure(site.gateway, { settings: { headerBytes: '16384' } })
    expect(await underWay).toBe(503)
    expect(await look()).toBe(503)
  })

  it('nobody gets in while it is closed, and the status page stays open', async () => {
    await using site = await startSite()
    await reconfigure(site.gateway, { admission: { closed: true } })
    const headers = asApp('web')
    expect((await call(site.gateway.url, '/api/timeline/public', { headers })).status).toBe(503)
    expect((await call(site.gateway.url, '/status')).status).toBe(200)
  })
})
