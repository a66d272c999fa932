import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  POPULAR_OLD_IMAGE,
  imageOfPost,
  imagePostId,
  linkPostId,
  newImageId,
  oldImageId,
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
import { seedPng } from '../media/seed-png.ts'
import { gatewayConfig } from './config.ts'

const REFUSAL =
  '{"errors":[{"message":"Your current API plan does not include access to this endpoint, please see http://docs.reference.example/api/plans for more information","code":467}]}'

interface Action {
  name: string
  run: (base: string, headers: Record<string, string>) => Promise<Response>
  ok: number
}

const get =
  (path: string): Action['run'] =>
  (base, headers) =>
    call(base, path, { headers })

const post =
  (path: string, body: unknown): Action['run'] =>
  (base, headers) =>
    call(base, path, {
      ...json(body),
      headers: { ...headers, 'content-type': 'application/json' },
    })

const upload: Action['run'] = (base, headers) =>
  call(base, '/api/media', {
    method: 'POST',
    body: seedPng(12_345),
    headers: { ...headers, 'content-type': 'image/png' },
  })

/** On the list of endpoints that belong to the paid plan. */
const LISTED: Action[] = [
  { name: 'publishing an image', run: upload, ok: 201 },
  { name: 'a new image', run: get(`/media/${newImageId(200)}`), ok: 200 },
  { name: 'an old image', run: get(`/media/${oldImageId(200)}`), ok: 200 },
  { name: 'a thumbnail', run: get(`/media/${newImageId(201)}/thumb`), ok: 200 },
  { name: 'publishing a link', run: post('/api/links', { url: 'http://news.example/' }), ok: 201 },
  { name: 'opening a link', run: get('/l/n0050'), ok: 302 },
  { name: 'opening the terms page', run: get('/l/terms'), ok: 302 },
  { name: 'a link preview', run: get(`/api/posts/${linkPostId(1)}/card`), ok: 200 },
  { name: 'the public timeline', run: get('/api/timeline/public'), ok: 200 },
  { name: 'an API read', run: get(`/v2/posts/${imagePostId(1)}`), ok: 200 },
  { name: 'the API timeline', run: get('/v2/timeline'), ok: 200 },
]

const OPEN: Action[] = [
  { name: 'a text post', run: post('/api/posts', { text: 'hello' }), ok: 201 },
  { name: 'the home timeline', run: get('/api/timeline/home'), ok: 200 },
  { name: 'reading a post', run: get(`/api/posts/${imagePostId(1)}`), ok: 200 },
  {
    name: 'signing in',
    run: post('/api/sessions', { user: 'ada', password: 'ada-password' }),
    ok: 201,
  },
]

const FIRST_PARTY = ['web', 'mobile', 'power']

describe('plan enforcement', () => {
  let site: TestSite
  const headers: Record<string, Record<string, string>> = {}
  const as = (app: string): Record<string, string> => headers[app] ?? {}

  beforeAll(async () => {
    site = await startSite()
    for (const app of [...FIRST_PARTY, 'paid-app', 'free-app']) {
      headers[app] = await signIn(site.gateway.url, app, 'ada')
    }
  })
  afterAll(() => site[Symbol.asyncDispose]())

  const enforce = (guard: boolean): Promise<void> =>
    reconfigure(site.gateway, {
      plan: { enforce: true },
      guards: { exemptOwnServices: guard },
      // Cold for what the matrix asks; the warm cache has tests of its own.
      cache: { ttlS: 0 },
    })

  describe('off', () => {
    it.each([...LISTED, ...OPEN])('$name works for everyone', async ({ run, ok }) => {
      for (const app of [...FIRST_PARTY, 'paid-app', 'free-app']) {
        expect({ app, status: (await run(site.gateway.url, as(app))).status }).toEqual({
          app,
          status: ok,
        })
      }
    })
  })

  describe('on, own services not exempt', () => {
    beforeEach(() => enforce(false))

    it.each(LISTED)('$name is refused to the own apps with 467', async ({ run }) => {
      for (const app of FIRST_PARTY) {
        const answer = await run(site.gateway.url, as(app))
        expect(answer.status).toBe(403)
        expect(await answer.text()).toBe(REFUSAL)
      }
    })

    it.each(OPEN)('$name goes on', async ({ run, ok }) => {
      for (const app of FIRST_PARTY) {
        expect((await run(site.gateway.url, as(app))).status).toBe(ok)
      }
    })

    it.each([`/v2/posts/${imagePostId(1)}?expand=media,link`, '/v2/timeline'])(
      'the paid app gets an error from %s, since media may not ask for the owner',
      async (path) => {
        const answer = await call(site.gateway.url, path, { headers: as('paid-app') })
        expect(answer.status).toBe(502)
        expect(await answer.json()).toEqual({
          errors: [
            {
              message: 'The media service failed',
              code: 130,
              detail: { service: 'media', status: 424 },
            },
          ],
        })
      },
    )

    it('the paid app gets an error for a preview, since link may not ask for the post', async () => {
      const path = `/api/posts/${linkPostId(2)}/card`
      const answer = await call(site.gateway.url, path, { headers: as('paid-app') })
      expect(answer.status).toBe(502)
      expect(await answer.json()).toMatchObject({
        errors: [{ code: 130, detail: { service: 'link', status: 424 } }],
      })
    })

    it('an exempt client is let through', async () => {
      await reconfigure(site.gateway, { plan: { exemptClients: ['power'] } })
      const path = `/media/${newImageId(202)}`
      expect((await call(site.gateway.url, path, { headers: as('power') })).status).toBe(200)
      expect((await call(site.gateway.url, path, { headers: as('web') })).status).toBe(403)
      await reconfigure(site.gateway, { plan: { exemptClients: [] } })
    })

    it('the status page stays green and open', async () => {
      await call(site.gateway.url, '/l/terms', { headers: as('web') })
      const status = await call(site.gateway.url, '/status')
      expect(await status.json()).toMatchObject({ overall: 'operational' })
    })
  })

  describe('on, own services exempt', () => {
    beforeEach(() => enforce(true))

    it.each(LISTED)('$name works for own apps and the paid app', async ({ run, ok }) => {
      for (const app of [...FIRST_PARTY, 'paid-app']) {
        expect({ app, status: (await run(site.gateway.url, as(app))).status }).toEqual({
          app,
          status: ok,
        })
      }
    })

    it.each(LISTED)('$name is refused to the free app with 467', async ({ run }) => {
      const answer = await run(site.gateway.url, as('free-app'))
      expect(answer.status).toBe(403)
      expect(await answer.text()).toBe(REFUSAL)
    })

    it.each(OPEN)('$name is open to the free app', async ({ run, ok }) => {
      expect((await run(site.gateway.url, as('free-app'))).status).toBe(ok)
    })
  })
})

describe('the cache in front of plan enforcement', () => {
  it('keeps serving what was warm, and only that', async () => {
    await using site = await startSite()
    const headers = await signIn(site.gateway.url, 'web', 'grace')
    const read = (path: string): Promise<Response> => call(site.gateway.url, path, { headers })
    const home = (await (await read('/api/timeline/home')).json()) as HomeTimeline
    const addresses = home.posts.flatMap(({ media, link }) => [
      ...(media ? [media.url, media.thumbUrl] : []),
      ...(link ? [link.expandUrl] : []),
    ])
    expect(home.posts).toHaveLength(6)
    expect(addresses).toHaveLength(2 * 2 + 2)
    addresses.push(`/media/${POPULAR_OLD_IMAGE}`)
    for (const address of addresses) expect((await read(address)).status).toBe(200)

    await reconfigure(site.gateway, { plan: { enforce: true } })

    for (const address of addresses) {
      const answer = await read(address)
      expect([address, answer.status, answer.headers.get('x-cache')]).toEqual([address, 200, 'hit'])
    }
    expect((await read('/api/timeline/home')).status).toBe(200)
    expect((await read(`/media/${imageOfPost(11)}`)).status).toBe(403)
    // A click is counted, so opening a link is never answered from the cache.
    expect((await read(home.posts.find(({ link }) => link)?.link?.url ?? '')).status).toBe(403)
  })
})

interface HomeTimeline {
  posts: {
    media?: { url: string; thumbUrl: string }
    link?: { url: string; expandUrl: string }
  }[]
}

describe('internal endpoints', () => {
  it.each(['web', 'paid-app'])('are refused to the app %s with code 87', async (app) => {
    await using site = await startSite()
    for (const path of ['/internal/accounts/ada', `/internal/posts/${linkPostId(1)}`]) {
      const answer = await call(site.gateway.url, path, { headers: asApp(app) })
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ errors: [{ code: 87 }] })
    }
  })

  it('answer a service, and 467 to it when plans are enforced without the guard', async () => {
    await using site = await startSite()
    const headers = asApp('svc-media', 'svc-media-dev-key')
    const path = '/internal/accounts/ada'
    expect((await call(site.gateway.url, path, { headers })).status).toBe(200)
    await reconfigure(site.gateway, { plan: { enforce: true } })
    expect(await (await call(site.gateway.url, path, { headers })).text()).toBe(REFUSAL)
  })
})

it('posts.read, posts.create, timeline.home and session.create belong to every plan', () => {
  const listed = Object.keys(gatewayConfig.defaults.plan.endpoints)
  for (const open of ['posts.read', 'posts.create', 'timeline.home', 'session.create']) {
    expect(listed).not.toContain(open)
  }
})
