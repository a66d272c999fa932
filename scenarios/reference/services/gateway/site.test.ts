import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACCOUNTS,
  imagePostId,
  linkPostId,
  newImageId,
  newLinkCode,
  passwordOf,
} from '../seed-facts.ts'
import {
  asApp,
  call,
  json,
  reconfigure,
  signIn,
  startSite,
  type TestSite,
} from '../testing/site.ts'
import type { PostView } from './content/post-view.ts'

let site: TestSite
let ada: Record<string, string>

beforeAll(async () => {
  site = await startSite()
  ada = await signIn(site.gateway.url, 'web', 'ada')
})
afterAll(() => site[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = ada): Promise<Response> =>
  call(site.gateway.url, path, { headers })

const publish = (body: object, headers = ada, base = site.gateway.url): Promise<Response> =>
  call(base, '/api/posts', {
    ...json(body),
    headers: { ...headers, 'content-type': 'application/json' },
  })

const codeOf = async (answer: Response): Promise<[number, number | undefined]> => {
  const { errors } = (await answer.json()) as { errors: { code: number }[] }
  return [answer.status, errors[0]?.code]
}

describe('apps and sessions', () => {
  it.each([
    ['no app', {}],
    ['no key', { 'x-app-id': 'web' }],
    ['a wrong key', asApp('web', 'mobile-key')],
    ['an unknown app', asApp('nobody')],
  ])('answers 401 with code 32 to %s', async (_name, headers: Record<string, string>) => {
    expect(await codeOf(await get('/api/timeline/public', headers))).toEqual([401, 32])
  })

  it('lets every seeded account sign in with its password only', async () => {
    for (const user of ACCOUNTS) await signIn(site.gateway.url, 'mobile', user)
    for (const body of [
      { user: 'ada', password: passwordOf('grace') },
      { user: 'nobody', password: passwordOf('nobody') },
    ]) {
      const answer = await call(site.gateway.url, '/api/sessions', {
        ...json(body),
        headers: { ...asApp('web'), 'content-type': 'application/json' },
      })
      expect(await codeOf(answer)).toEqual([401, 32])
    }
  })

  it.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic YTpi' }])(
    'answers 401 with code 89 without a valid session: %j',
    async (headers: Record<string, string>) => {
      const answer = await get('/api/timeline/home', { ...asApp('web'), ...headers })
      expect(await codeOf(answer)).toEqual([401, 89])
    },
  )

  it('takes the keys of services from the deployment', async () => {
    await using other = await startSite({ serviceKeys: { 'svc-media': 'changed' } })
    const ask = async (key: string): Promise<number> => {
      const headers = asApp('svc-media', key)
      return (await call(other.gateway.url, '/internal/accounts/ada', { headers })).status
    }
    expect(await ask('changed')).toBe(200)
    expect(await ask('svc-media-dev-key')).toBe(401)
  })
})

describe('posts and timelines', () => {
  it('publishes a post and reads it back', async () => {
    const body = { text: 'Hello', mediaId: newImageId(5), linkCode: newLinkCode(5) }
    const answer = await publish(body)
    expect(answer.status).toBe(201)
    const post = (await answer.json()) as PostView
    expect(post).toMatchObject({
      author: 'ada',
      text: 'Hello',
      media: {
        id: newImageId(5),
        url: `/media/${newImageId(5)}`,
        thumbUrl: `/media/${newImageId(5)}/thumb`,
      },
      link: {
        code: newLinkCode(5),
        url: `/l/${newLinkCode(5)}`,
        expandUrl: `/api/links/${newLinkCode(5)}`,
      },
    })
    expect(await (await get(`/api/posts/${post.id}`)).json()).toEqual(post)
  })

  it.each([
    {},
    { text: '' },
    { text: 'x'.repeat(501) },
    { text: 1 },
    { text: 'a', mediaId: '../x' },
  ])('answers 422 to %j', async (body) => {
    expect(await codeOf(await publish(body))).toEqual([422, 44])
  })

  it('answers 400 to a body that is no JSON', async () => {
    const answer = await call(site.gateway.url, '/api/posts', {
      method: 'POST',
      body: '{"text":',
      headers: { ...ada, 'content-type': 'application/json' },
    })
    expect(await codeOf(answer)).toEqual([400, 214])
  })

  it.each(['home', 'public'])(
    'shows a %s timeline that posts of others do not change',
    async (name) => {
      const before = (await (await get(`/api/timeline/${name}`)).json()) as { posts: PostView[] }
      expect(before.posts).toHaveLength(6)
      expect(before.posts.filter(({ media }) => media)).toHaveLength(2)
      expect(before.posts.filter(({ link }) => link)).toHaveLength(2)
      await publish({ text: 'Something new' })
      expect(await (await get(`/api/timeline/${name}`)).json()).toEqual(before)
    },
  )

  it('has everything that its timelines show', async () => {
    for (const name of ['home', 'public']) {
      const { posts } = (await (await get(`/api/timeline/${name}`)).json()) as { posts: PostView[] }
      const paths = posts.flatMap(({ media, link }) => [
        ...(media ? [media.url, media.thumbUrl] : []),
        ...(link ? [link.expandUrl] : []),
      ])
      for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 200])
    }
  })

  it('answers 429 with code 88 and retry-after when the quota of the day is used up', async () => {
    const headers = await signIn(site.gateway.url, 'web', 'linus')
    await reconfigure(site.gateway, { quota: { publishPerDay: 1 } })
    try {
      expect((await publish({ text: 'one' }, headers)).status).toBe(201)
      const refused = await publish({ text: 'two' }, headers)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await codeOf(refused)).toEqual([429, 88])
    } finally {
      await reconfigure(site.gateway, { quota: { publishPerDay: 10_000 } })
    }
    expect((await publish({ text: 'three' }, headers)).status).toBe(201)
  })

  it('takes a missing quota for zero, and with the guard for none', async () => {
    await using zero = await startSite({ gateway: { quota: { publishPerDay: null } } })
    const headers = await signIn(zero.gateway.url, 'web', 'ada')
    expect((await publish({ text: 'a' }, headers, zero.gateway.url)).status).toBe(429)
    const guards = { keepLastQuota: true }
    await using none = await startSite({ gateway: { guards, quota: { publishPerDay: null } } })
    const others = await signIn(none.gateway.url, 'web', 'ada')
    expect((await publish({ text: 'a' }, others, none.gateway.url)).status).toBe(201)
  })
})

describe('the third-party API', () => {
  it('includes media with their owner, and links', async () => {
    const answer = await get('/v2/timeline', asApp('paid-app'))
    const body = (await answer.json()) as { data: object[]; includes: Record<string, object[]> }
    expect(body.data).toHaveLength(6)
    expect(body.includes['media']?.[0]).toMatchObject({
      id: newImageId(3),
      contentType: 'image/png',
      width: 64,
      owner: { id: 'linus', name: 'Linus' },
    })
    expect(body.includes['links']).toHaveLength(2)
  })

  it('includes only what is asked for', async () => {
    const read = async (query: string): Promise<string[]> => {
      const answer = await get(`/v2/posts/${imagePostId(1)}${query}`, asApp('paid-app'))
      return Object.keys(((await answer.json()) as { includes: object }).includes)
    }
    expect(await read('')).toEqual(['media'])
    expect(await read('?expand=media,link')).toEqual(['media'])
    expect(await read('?expand=link')).toEqual([])
    expect(await read('?expand=')).toEqual([])
    const wrong = await get(`/v2/posts/${imagePostId(1)}?expand=all`, asApp('paid-app'))
    expect(wrong.status).toBe(422)
  })

  it('names what a post mentions and nobody has', async () => {
    const post = (await (await publish({ text: 'a', mediaId: 'gone' })).json()) as PostView
    const answer = await get(`/v2/posts/${post.id}`, asApp('paid-app'))
    expect(await answer.json()).toMatchObject({ includes: {}, errors: [{ code: 34, id: 'gone' }] })
  })
})

describe('a service that is down', () => {
  it.each([
    ['media', `/media/${newImageId(250)}`],
    ['link', '/l/n0060'],
    ['media', '/v2/timeline'],
  ] as const)('%s makes %s answer 502 with code 130', async (service, path) => {
    await using other = await startSite()
    other.relays[service].cut()
    const answer = await call(other.gateway.url, path, { headers: asApp('web') })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({
      errors: [{ code: 130, detail: { service, status: null, reason: 'connection' } }],
    })
  })
})

describe('every answer', () => {
  it('names the replica and the trace, and continues the trace of the caller', async () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736'
    const traceparent = `00-${id}-00f067aa0ba902b7-01`
    for (const path of ['/healthz', '/status', '/api/timeline/home', '/nowhere']) {
      const answer = await get(path, { ...ada, traceparent })
      expect(answer.headers.get('x-served-by')).toBe('gateway')
      expect(answer.headers.get('x-trace-id')).toBe(id)
    }
    expect((await get('/healthz')).headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each([
    ['media', `/v2/posts/${imagePostId(1)}?expand=media`, 'paid-app'],
    ['link', `/api/posts/${linkPostId(1)}/card`, 'web'],
  ] as const)('goes by one trace through the gateway, %s, and back', async (name, path, app) => {
    await using other = await startSite()
    const id = '0af7651916cd43dd8448eb211c80319c'
    const traceparent = `00-${id}-b7ad6b7169203331-01`
    const answer = await call(other.gateway.url, path, { headers: { ...asApp(app), traceparent } })
    expect(answer.status).toBe(200)
    expect(other.relays[name].heard).toContain(`traceparent: 00-${id}-`)
    // It asks the gateway for what it needs to know of the post.
    expect(other.relays.gateway.heard).toContain(`traceparent: 00-${id}-`)
  })

  it('has the error body of the site when the page does not exist', async () => {
    expect(await codeOf(await get('/nowhere'))).toEqual([404, 34])
  })
})

it.each(['gateway', 'media', 'link'] as const)(
  '%s is healthy and ready while every other service is down',
  async (name) => {
    await using other = await startSite()
    for (const relay of Object.values(other.relays)) relay.cut()
    for (const path of ['/healthz', '/readyz']) {
      expect((await call(other[name].url, path)).status).toBe(200)
    }
  },
)
