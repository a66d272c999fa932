import { describe, expect, it } from 'vitest'
import { linkPostId, oldImageId } from '../seed-facts.ts'
import { asApp, call, eventually, reconfigure, signIn, startSite } from '../testing/site.ts'

describe('what does not come back by itself', () => {
  it.each([
    [false, 503],
    [true, 200],
  ])('a cache node is replaced; warm: %s', async (warmCacheNodes, expected) => {
    const authors = { queryMs: 50, timeoutMs: 10 }
    await using site = await startSite({ gateway: { guards: { warmCacheNodes }, authors } })
    const headers = await signIn(site.gateway.url, 'web', 'ada')
    // Another image each time, since the cache in front holds those that were shown.
    let shown = 0
    const look = (): Promise<number[]> =>
      Promise.all(
        ['/api/timeline/home', `/media/${oldImageId(++shown)}`, `/api/posts/${linkPostId(1)}/card`]
          .map((path) => call(site.gateway.url, path, { headers }))
          .map(async (answer) => (await answer).status),
      )
    const all = (status: number) => [status, status, status]
    expect(await look()).toEqual(all(200))
    await reconfigure(site.gateway, { authors: { cacheNode: 'node-2' } })
    expect(await look()).toEqual(all(expected))
    await reconfigure(site.gateway, { authors: { cacheNode: 'node-1' } })
    expect(await look()).toEqual(all(expected))
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
