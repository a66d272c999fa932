import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  linkPostId,
  linkTarget,
  newLinkCode,
  oldLinkCode,
  targetOfLinkPost,
} from '../seed-facts.ts'
import { page, redirectTo, type Site } from '../testing/outside-world.ts'
import {
  ADMIN_TOKEN,
  asApp,
  call,
  json,
  reconfigure,
  signIn,
  startSite,
  type TestSite,
} from '../testing/site.ts'
import { linkConfig, timeLimitMs } from './config.ts'
import { blockingEntry } from './denylist.ts'
import type { Card } from './card/card.ts'

let site: TestSite
let ada: Record<string, string>

beforeAll(async () => {
  site = await startSite()
  ada = await signIn(site.gateway.url, 'web', 'ada')
})
afterAll(() => site[Symbol.asyncDispose]())

const get = (path: string): Promise<Response> => call(site.gateway.url, path, { headers: ada })

const create = (url: unknown): Promise<Response> =>
  call(site.gateway.url, '/api/links', {
    ...json({ url }),
    headers: { ...ada, 'content-type': 'application/json' },
  })

async function created(url: string): Promise<{ code: string; shortPath: string; url: string }> {
  const answer = await create(url)
  expect(answer.status).toBe(201)
  return (await answer.json()) as { code: string; shortPath: string; url: string }
}

async function cardOf(url: string): Promise<Response> {
  return call(site.link.url, `/links/${(await created(url)).code}/card`)
}

const codeOf = async (answer: Response): Promise<[number, number | undefined]> => {
  const { errors } = (await answer.json()) as { errors: { code: number }[] }
  return [answer.status, errors[0]?.code]
}

describe('a link', () => {
  it('is shortened, expanded and opened', async () => {
    const link = await created('http://news.example/a?b=c')
    expect(link).toEqual({
      code: link.code,
      shortPath: `/l/${link.code}`,
      url: 'http://news.example/a?b=c',
    })
    expect(await (await get(`/api/links/${link.code}`)).json()).toEqual({
      code: link.code,
      url: link.url,
    })
    const opened = await get(link.shortPath)
    expect(opened.status).toBe(302)
    expect(opened.headers.get('location')).toBe(link.url)
    expect(opened.headers.get('cache-control')).toBe('no-store')
  })

  it('counts each click', async () => {
    const { code, shortPath } = await created('http://news.example/')
    for (let n = 0; n < 3; n++) await get(shortPath)
    expect(await (await call(site.link.url, `/links/${code}`)).json()).toMatchObject({ clicks: 3 })
  })

  it.each([
    'ftp://news.example/',
    'javascript:alert(1)',
    'news',
    '',
    7,
    undefined,
    'http://user:secret@news.example/',
    `http://news.example/${'x'.repeat(3_000)}`,
  ])('to %s is refused with 422', async (url) => {
    expect((await create(url)).status).toBe(422)
  })

  it('answers 404 when there is none', async () => {
    for (const path of ['/l/nothing', '/api/links/nothing']) {
      expect(await codeOf(await get(path))).toEqual([404, 34])
    }
  })

  it("leads to the site's own pages", async () => {
    for (const name of ['terms', 'privacy', 'help']) {
      const location = (await get(`/l/${name}`)).headers.get('location')
      expect(location).toBe(`http://docs.reference.example/${name}`)
    }
  })

  it.each([
    ['lost', false, 404],
    ['found where it was written', true, 302],
  ])(
    'of before the cutoff is %s when the prefix is wrong (guard: %s)',
    async (_what, legacyFallback, expected) => {
      await using other = await startSite({ link: { guards: { legacyFallback } } })
      const open = async (code: string): Promise<number> =>
        (await call(other.gateway.url, `/l/${code}`, { headers: asApp('web') })).status
      const [old, recent] = [oldLinkCode(1), newLinkCode(1)]
      expect([await open(old), await open(recent)]).toEqual([302, 302])
      await reconfigure(other.link, { legacy: { prefix: '' } })
      expect([await open(old), await open(recent)]).toEqual([expected, 302])
    },
  )

  it('counts the clicks of one of before the cutoff', async () => {
    const code = oldLinkCode(2)
    for (let n = 0; n < 2; n++) await get(`/l/${code}`)
    expect(await (await call(site.link.url, `/links/${code}`)).json()).toMatchObject({ clicks: 2 })
  })

  it('opens with the redirect that is configured', async () => {
    await using other = await startSite({ link: { redirect: { status: 307 } } })
    const opened = await call(other.gateway.url, '/l/terms', { headers: asApp('web') })
    expect(opened.status).toBe(307)
  })
})

describe('the denylist', () => {
  it.each([
    ['evil.example', 'http://evil.example/a', true],
    ['evil.example', 'http://www.evil.example/', true],
    ['EVIL.example', 'http://evil.example./', true],
    ['evil.example', 'http://notevil.example/', false],
    ['site.example/bad', 'http://site.example/bad/page', true],
    ['site.example/bad', 'http://site.example/good', false],
    ['/wp-admin', 'http://any.example/wp-admin/x', true],
    ['/', 'http://any.example/', true],
  ])('entry %s against %s', (entry, target, blocked) => {
    expect(blockingEntry(new URL(target), [entry]) !== undefined).toBe(blocked)
  })

  it('blocks publishing, opening and previews, and not expanding', async () => {
    await using other = await startSite({ link: { denylist: ['/'] } })
    const headers = await signIn(other.gateway.url, 'web', 'ada')
    const read = (path: string): Promise<Response> => call(other.gateway.url, path, { headers })
    const publish = await call(other.gateway.url, '/api/links', {
      ...json({ url: 'http://news.example/' }),
      headers: { ...headers, 'content-type': 'application/json' },
    })
    expect(await codeOf(publish)).toEqual([403, 240])
    expect(await codeOf(await read('/l/terms'))).toEqual([403, 240])
    expect(await codeOf(await read(`/api/posts/${linkPostId(1)}/card`))).toEqual([403, 240])
    expect((await read(`/api/links/${newLinkCode(1)}`)).status).toBe(200)
  })
})

describe('a card', () => {
  it('is made of the page that the post links to, fetched through the proxy with its credentials', async () => {
    const target = new URL(targetOfLinkPost(3))
    site.outside.sites.set(
      target.hostname,
      page(`<meta property="og:title" content=" A &amp; B ">
        <meta property="og:description" content="What it says">
        <meta property="og:image" content="/pic.png">
        <meta property="og:site_name" content="The Site"><title>ignored</title>`),
    )
    const answer = await get(`/api/posts/${linkPostId(3)}/card`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      title: 'A & B',
      description: 'What it says',
      image: `${target.origin}/pic.png`,
      site: 'The Site',
      url: target.href,
    })
    const seen = site.outside.seen.find(({ url }) => url === target.href)
    expect(seen?.headers['traceparent']).toContain(answer.headers.get('x-trace-id'))
  })

  it('is fetched once while it is fresh', async () => {
    site.outside.sites.set('once.example', page('<title>Once</title>'))
    const { code } = await created('http://once.example/')
    for (let n = 0; n < 3; n++) await call(site.link.url, `/links/${code}/card`)
    expect(site.outside.seen.filter(({ url }) => url === 'http://once.example/')).toHaveLength(1)
  })

  it.each([
    [
      'title and description',
      '<title> Plain\n page </title><meta name=description content=Words>',
      'Plain page',
      'Words',
    ],
    ['the host name for a bare page', '<p>hello', 'bare.example', ''],
  ])('falls back to %s', async (_name, html, title, description) => {
    const host = title === 'bare.example' ? title : 'fallback.example'
    site.outside.sites.set(host, page(html))
    const card = (await (await cardOf(`http://${host}/`)).json()) as Card
    expect(card).toEqual({ title, description, image: null, site: host, url: `http://${host}/` })
  })

  it.each([
    ['header', 'text/html; charset=windows-1252', '<title>caf\xe9</title>'],
    ['document', 'text/html', '<meta charset="iso-8859-1"><title>caf\xe9</title>'],
  ])('reads the charset of the %s', async (name, contentType, html) => {
    site.outside.sites.set(`${name}.example`, page(Buffer.from(html, 'latin1'), contentType))
    expect(await (await cardOf(`http://${name}.example/`)).json()).toMatchObject({ title: 'café' })
  })

  it.each([
    ['the end of the head', '<head><title>A</title></head><meta property="og:title" content="B">'],
    [
      'the start of the body',
      '<title>A</title><BODY class=x><meta property="og:title" content="B">',
    ],
  ])('is made of what stands before %s', async (end, html) => {
    site.outside.sites.set('head.example', page(html))
    const { code } = await created(`http://head.example/${end.length}`)
    const card = await call(site.link.url, `/links/${code}/card`)
    expect(await card.json()).toMatchObject({ title: 'A' })
  })

  it('names the page where the redirects ended', async () => {
    site.outside.sites.set('from.example', redirectTo('http://to.example/end'))
    site.outside.sites.set('to.example', page('<title>End</title>'))
    expect(await (await cardOf('http://from.example/')).json()).toMatchObject({
      title: 'End',
      site: 'to.example',
      url: 'http://to.example/end',
    })
  })

  it.each(['http://127.0.0.1/', 'http://localhost/', 'http://[::1]/', 'http://2130706433/'])(
    'of %s is refused behind a proxy too, directly and after a redirect',
    async (target) => {
      const before = site.outside.seen.length
      expect(await codeOf(await cardOf(target))).toEqual([422, 241])
      expect(site.outside.seen).toHaveLength(before)
      site.outside.sites.set('hop.example', redirectTo(target))
      expect(await codeOf(await cardOf('http://hop.example/'))).toEqual([422, 241])
      expect(site.outside.seen).toHaveLength(before + 1)
    },
  )

  it('is refused when a redirect leads to a blocked site', async () => {
    site.outside.sites.set('hop.example', redirectTo('http://malware.example/'))
    expect(await codeOf(await cardOf('http://hop.example/'))).toEqual([403, 240])
  })

  it.each<[Card['unavailable'], string, Site]>([
    ['not-a-page', 'what is no HTML', page('%PDF', 'application/pdf')],
    ['bad-status', 'a site that fails', (_request, answer) => answer.writeHead(500).end()],
    ['connection', 'a site that hangs up', (request) => request.socket.destroy()],
    ['redirects', 'a site that redirects in a circle', redirectTo('http://broken.example/')],
  ])('shows the address and nothing else (%s) for %s', async (unavailable, _, answers) => {
    await using other = await startSite({ link: { preview: { failureTtlS: 0 } } })
    other.outside.sites.set('broken.example', answers)
    const url = 'http://broken.example/'
    const { code } = (await (
      await call(other.link.url, '/links', { ...json({ url }), method: 'POST' })
    ).json()) as { code: string }
    const answer = await call(other.link.url, `/links/${code}/card`)
    expect(answer.status).toBe(200)
    const site = 'broken.example'
    expect(await answer.json()).toEqual({
      title: site,
      description: '',
      image: null,
      site,
      url,
      unavailable,
    })
  })

  it('reaches the reader although the site fails, and the site is left in peace for a while', async () => {
    await using other = await startSite({ link: { preview: { failureTtlS: 60 } } })
    const { hostname } = new URL(linkTarget(11))
    other.outside.sites.set(hostname, (_request, answer) => answer.writeHead(500).end())
    const ask = (): Promise<Response> =>
      call(other.gateway.url, `/api/posts/${linkPostId(1)}/card`, { headers: asApp('web') })
    for (let n = 0; n < 3; n++)
      expect(await (await ask()).json()).toMatchObject({ title: hostname })
    expect(other.outside.seen).toHaveLength(1)
  })

  it('is made anew once that while is over', async () => {
    await using other = await startSite({ link: { preview: { failureTtlS: 0 } } })
    const { hostname } = new URL(linkTarget(1))
    const well = other.outside.sites.get(hostname) as Site
    const ask = async (): Promise<Card> =>
      (await (await call(other.link.url, `/links/${newLinkCode(1)}/card`)).json()) as Card
    other.outside.sites.set(hostname, (_request, answer) => answer.writeHead(503).end())
    expect((await ask()).unavailable).toBe('bad-status')
    other.outside.sites.set(hostname, well)
    expect((await ask()).unavailable).toBeUndefined()
  })

  it('comes within the limit although the site does not answer', async () => {
    await using other = await startSite({ link: { fetch: { timeoutMs: 50 } } })
    other.outside.sites.set(new URL(linkTarget(1)).hostname, () => {})
    const answer = await call(other.link.url, `/links/${newLinkCode(1)}/card`)
    expect(await answer.json()).toMatchObject({ unavailable: 'timeout' })
  })

  it('waits for its turn no longer than its own limit', async () => {
    await using other = await startSite({ link: { fetch: { timeoutMs: 1_000, concurrency: 1 } } })
    other.outside.sites.set(new URL(linkTarget(1)).hostname, () => {})
    const ask = async (n: number): Promise<Card> =>
      (await (await call(other.link.url, `/links/${newLinkCode(n)}/card`)).json()) as Card
    const startedMs = performance.now()
    const cards = await Promise.all([ask(1), ask(1)])
    expect(cards.map(({ unavailable }) => unavailable)).toEqual(['timeout', 'timeout'])
    // One after the other they would have taken twice the limit.
    expect(performance.now() - startedMs).toBeLessThan(1_900)
    // There is room again.
    expect((await ask(2)).unavailable).toBeUndefined()
  })

  it('answers 404 for a post without a link', async () => {
    expect(await codeOf(await get('/api/posts/post-home-1/card'))).toEqual([404, 34])
  })

  it('fails rather than shows a stale card when the gateway may not be asked', async () => {
    await using other = await startSite()
    const path = `/cards?post=${linkPostId(1)}`
    expect((await call(other.link.url, path)).status).toBe(200)
    await reconfigure(other.gateway, { plan: { enforce: true } })
    expect(await codeOf(await call(other.link.url, path))).toEqual([424, 130])
  })
})

describe('the limit of all work', () => {
  /** A link service with room for one piece of work, which a site that does not answer has taken. */
  async function exhausted(link: object) {
    const other = await startSite({ link: { fetch: { timeoutMs: 100, concurrency: 1, ...link } } })
    other.outside.sites.set(new URL(linkTarget(1)).hostname, () => {})
    return other
  }
  const card = `/links/${newLinkCode(1)}/card`
  const open = `/links/${newLinkCode(2)}/open`
  const overdue = Symbol('no answer')
  const within = (answer: Promise<Response>): Promise<Response | typeof overdue> =>
    Promise.race([
      answer,
      new Promise<typeof overdue>((resolve) => setTimeout(() => resolve(overdue), 600)),
    ])

  it('is for opening and making links, too: they wait for their turn', async () => {
    await using other = await exhausted({ timeoutMs: 1_000 })
    const hanging = call(other.link.url, card)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [opened, made] = await Promise.all([
      call(other.link.url, open),
      call(other.link.url, '/links', json({ url: 'http://news.example/' })),
    ])
    // The turn of what hangs ends a little earlier than their own patience.
    expect([opened.status, made.status]).toEqual([302, 201])
    await hanging
  })

  it('is told to who waits in vain', async () => {
    await using other = await exhausted({})
    await withoutTimeout(other)
    const hanging = call(other.link.url, card)
    hanging.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    await reconfigure(other.link, { fetch: { timeoutMs: 50 } })
    expect(await codeOf(await call(other.link.url, open))).toEqual([503, 132])
  })

  it('being removed leaves one site that hangs in the way of everything', async () => {
    await using other = await exhausted({})
    await withoutTimeout(other)
    const hanging = call(other.link.url, card)
    hanging.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await within(call(other.link.url, open))).toBe(overdue)
    // Looking a link up is no work: timelines go on.
    expect((await call(other.link.url, `/links/${newLinkCode(2)}`)).status).toBe(200)
  })

  it('being removed means a floor with guards.fetchFloor', () => {
    const { fetch, ...others } = linkConfig.defaults
    const { timeoutMs, ...without } = fetch
    const config = { ...others, fetch: without }
    expect(timeLimitMs(linkConfig.defaults)).toBe(timeoutMs)
    expect(timeLimitMs(config)).toBeUndefined()
    expect(
      timeLimitMs({ ...config, guards: { ...linkConfig.defaults.guards, fetchFloor: true } }),
    ).toBe(1_000)
  })
})

async function withoutTimeout(other: TestSite): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const current = await call(other.link.adminUrl, '/config', { headers })
  const { fetch, generation, ...rest } = (await current.json()) as {
    fetch: { timeoutMs?: number }
    generation: number
  }
  const { timeoutMs: _removed, ...limits } = fetch
  const answer = await call(other.link.adminUrl, '/config', {
    ...json({ ...rest, fetch: limits, generation: generation + 1 }),
    method: 'PUT',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'if-match': current.headers.get('etag') ?? '',
    },
  })
  expect(answer.status).toBe(200)
}
