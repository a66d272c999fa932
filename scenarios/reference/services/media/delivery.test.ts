import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asApp, call, reconfigure, startSite, type TestSite } from '../testing/site.ts'
import { publicUrl } from './public-url.ts'

it.each([
  ['/', false, '/media/a'],
  ['/cdn/', false, '/cdn/media/a'],
  ['/cdn', false, '/cdnmedia/a'],
  ['/', true, '/media/a'],
  ['/cdn/', true, '/cdn/media/a'],
  ['/cdn', true, '/cdn/media/a'],
  ['https://cdn.example', true, 'https://cdn.example/media/a'],
])('the base %s, with the guard: %s, gives %s', (publicBaseUrl, urlJoin, expected) => {
  const guards = { urlJoin, legacyFallback: false }
  expect(publicUrl({ publicBaseUrl, guards }, 'a')).toBe(expected)
})

describe('images', () => {
  let site: TestSite
  beforeAll(async () => {
    site = await startSite({ gateway: { cache: { maxEntries: 0 } } })
  })
  afterAll(() => site[Symbol.asyncDispose]())
  const read = (path: string) => call(site.gateway.url, path, { headers: asApp('web') })

  it('can be delivered by a redirect to their public address, which has them', async () => {
    await reconfigure(site.media, { delivery: 'redirect', publicBaseUrl: '/cdn/' })
    const answer = await read('/media/new-0007')
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe('/cdn/media/new-0007')
    const image = await read('/cdn/media/new-0007')
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect((await read('/cdn/media/new-0007/thumb')).status).toBe(200)
  })

  it('of another age are not found below another prefix, but with the guard', async () => {
    await reconfigure(site.media, { delivery: 'proxy', legacy: { prefix: '' } })
    expect((await read('/media/old-0007')).status).toBe(404)
    expect((await read('/media/new-0007')).status).toBe(200)
    await reconfigure(site.media, { guards: { legacyFallback: true } })
    expect((await read('/media/old-0007')).status).toBe(200)
  })
})
