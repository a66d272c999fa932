import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'

import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { site } from '../site.ts'
import { askThrough, basic, openProxy, openTunnel, until, type Proxy } from '../test-support.ts'
import { genericVariants } from './index.ts'

const html = '<!doctype html><title>Grüße</title>'
const news = site('news.example', {
  title: 'News',
  handlers: [
    http.get('/', () => HttpResponse.html(html)),
    http.get('/picture', () =>
      HttpResponse.arrayBuffer(new ArrayBuffer(4), { headers: { 'content-type': 'image/png' } }),
    ),
    http.head('/', () => new HttpResponse(null)),
  ],
  variants: {
    paywall: [http.get('/', () => new HttpResponse('pay first', { status: 402 }))],
    gone: [http.get('/', () => new HttpResponse('not here any more', { status: 410 }))],
  },
})
const other = site('other.example', {
  title: 'Other',
  handlers: [http.get('/', () => HttpResponse.text('other'))],
})

const url = 'http://news.example/'

interface Seen {
  readonly status?: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly error?: string
  readonly durationMs: number
}

/** What a client gets of `path`, reading at most `limit` bytes or until `forMs` is over. */
async function see(
  proxy: Proxy,
  { target = url, limit = 1_000_000, forMs = 5_000 } = {},
): Promise<Seen> {
  const started = performance.now()
  const headers = { host: new URL(target).host, 'proxy-authorization': basic('link-1') }
  const request = httpRequest(proxy.url, { path: target, headers, agent: false }).end()
  // What fails after the answer has begun is seen on the answer.
  request.on('error', () => undefined)
  const timer = setTimeout(() => request.destroy(new Error('waited in vain')), forMs)
  let incoming: IncomingMessage | undefined
  let body = Buffer.alloc(0)
  let error: string | undefined
  try {
    ;[incoming] = (await once(request, 'response')) as [IncomingMessage]
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      body = Buffer.concat([body, chunk])
      if (body.length >= limit) break
    }
  } catch (thrown) {
    error = (thrown as NodeJS.ErrnoException).code ?? (thrown as Error).message
  } finally {
    clearTimeout(timer)
    request.destroy()
  }
  return {
    ...(incoming?.statusCode === undefined ? {} : { status: incoming.statusCode }),
    headers: incoming?.headers ?? {},
    body: body.toString(),
    ...(error === undefined ? {} : { error }),
    durationMs: performance.now() - started,
  }
}

type Check = (seen: Seen) => void
type Row = { readonly see?: Parameters<typeof see>[1]; readonly to?: string; readonly check: Check }

/** What a client gets under each variant that strikes plain http. */
const rows: Readonly<Record<string, Row>> = {
  slow: {
    check({ status, body, durationMs }) {
      expect([status, body]).toEqual([200, html])
      expect(durationMs).toBeGreaterThan(1_950)
    },
  },
  hangs: {
    see: { forMs: 300 },
    check: ({ status, error }) => expect([status, error]).toEqual([undefined, 'waited in vain']),
  },
  '5xx': { check: ({ status }) => expect(status).toBeOneOf([500, 502, 503, 504]) },
  'rate-limited': {
    check: ({ status, headers }) => expect([status, headers['retry-after']]).toEqual([429, '30']),
  },
  resets: { check: ({ error }) => expect(error).toBe('ECONNRESET') },
  drips: {
    see: { limit: 5 },
    check({ status, headers, body, durationMs }) {
      expect([status, headers['content-length'], body]).toEqual([200, '37', html.slice(0, 5)])
      expect(durationMs).toBeGreaterThan(180)
    },
  },
  truncates: {
    check({ status, headers, body, error }) {
      expect([status, headers['content-length'], error]).toEqual([200, '37', 'ECONNRESET'])
      expect(body).toBe(html.slice(0, 18))
    },
  },
  huge: {
    see: { limit: 3_000_000 },
    check({ status, body, error }) {
      expect([status, error]).toEqual([200, undefined])
      expect(body.startsWith(`${html}<p>and so on</p>`)).toBe(true)
      expect(body.length).toBeGreaterThanOrEqual(3_000_000)
    },
  },
  garbage: {
    check({ status, headers, body }) {
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      expect(body).not.toContain('<title>')
    },
  },
  'redirect-loop': {
    check: ({ status, headers }) => expect([status, headers.location]).toEqual([302, url]),
  },
  moved: {
    to: 'other.example',
    check: ({ status, headers }) =>
      expect([status, headers.location]).toEqual([301, 'http://other.example/']),
  },
  gone: { check: ({ status, body }) => expect([status, body]).toEqual([410, 'not here any more']) },
  'lies-about-content-type': {
    check: ({ headers, body }) =>
      expect([headers['content-type'], body]).toEqual(['image/png', html]),
  },
  'lies-about-charset': {
    check: ({ headers, body }) =>
      expect([headers['content-type'], body]).toEqual(['text/html; charset=utf-16le', html]),
  },
  'dns-nxdomain': {
    check: ({ status, headers }) =>
      expect([status, headers['proxy-status']]).toEqual([
        502,
        'aftershock; error=dns_error; rcode="NXDOMAIN"',
      ]),
  },
  'dns-servfail': {
    check: ({ status, headers }) =>
      expect([status, headers['proxy-status']]).toEqual([
        502,
        'aftershock; error=dns_error; rcode="SERVFAIL"',
      ]),
  },
}

describe('under the variant', () => {
  it.each(Object.entries(rows))('%s', async (name, row) => {
    await using proxy = await openProxy([news, other])
    proxy.setVariant('news.example', { name, ...(row.to === undefined ? {} : { to: row.to }) })
    row.check(await see(proxy, row.see))
    const [record] = await proxy.recorded(1)
    expect(record).toMatchObject({ url, outcome: 'answered', variant: name })
    // Other sites are well, and so is this one afterwards.
    expect((await askThrough(proxy, 'http://other.example/')).text).toBe('other')
    proxy.setVariant('news.example', undefined)
    expect((await askThrough(proxy, url)).text).toBe(html)
    expect((await proxy.recorded(3)).slice(1).map(({ variant }) => variant)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('every one is tried here or, where it is about TLS, in outside-tls.test.ts', () => {
    const overHttp = Object.entries(genericVariants).filter(([, { on }]) => on !== 'tls')
    expect(Object.keys(rows).toSorted()).toEqual(overHttp.map(([name]) => name).toSorted())
  })

  it.each(['dns-nxdomain', 'dns-servfail'])('%s no tunnel is opened', async (name) => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name })
    expect((await openTunnel(proxy, 'news.example:443')).status).toBe(502)
    expect(await proxy.recorded(1)).toMatchObject([
      { method: 'CONNECT', outcome: 'answered', variant: name },
    ])
  })

  it('a picture is called a page by what lies about the content type', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'lies-about-content-type' })
    const { headers } = await see(proxy, { target: `${url}picture` })
    expect(headers['content-type']).toBe('text/html')
  })
})

describe('a variant of the site itself', () => {
  it('is asked first, and the other handlers for the rest', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'paywall' })
    expect((await askThrough(proxy, url)).text).toBe('pay first')
    expect((await askThrough(proxy, `${url}picture`)).status).toBe(200)
  })
})

describe('what holds requests back', () => {
  it('lets go of them when it is taken back', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'hangs' })
    const hanging = see(proxy)
    await new Promise((resolve) => setTimeout(resolve, 100))
    proxy.setVariant('news.example', undefined)
    expect((await hanging).error).toBe('ECONNRESET')
    expect((await proxy.recorded(1))[0]?.note).toBe(
      'was held back until the variant was taken back',
    )
  })

  it('lets go of a body that is under way', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'huge' })
    const endless = see(proxy, { limit: Infinity })
    await new Promise((resolve) => setTimeout(resolve, 100))
    proxy.setVariant('news.example', undefined)
    expect((await endless).error).toBe('ECONNRESET')
  })
})

describe('a share of requests', () => {
  async function pattern(settings: {
    readonly toxicity?: number
    readonly first?: number
  }): Promise<string> {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'gone', ...settings })
    let struck = ''
    for (let i = 0; i < 40; i += 1)
      struck += (await askThrough(proxy, url)).status === 410 ? 'x' : '.'
    return struck
  }

  it('is drawn by request, and the same again from the same seed', async () => {
    const once = await pattern({ toxicity: 0.5 })
    expect(await pattern({ toxicity: 0.5 })).toBe(once)
    expect(once.match(/x/g)?.length).toBeGreaterThan(8)
    expect(once.match(/\./g)?.length).toBeGreaterThan(8)
  })

  it('can be the first ones only', async () => {
    expect(await pattern({ first: 3 })).toBe(`xxx${'.'.repeat(37)}`)
  })

  it('can be a share of the first ones', async () => {
    const struck = await pattern({ first: 10, toxicity: 0.5 })
    expect(struck.slice(0, 10)).toBe((await pattern({ toxicity: 0.5 })).slice(0, 10))
    expect(struck.slice(10)).toBe('.'.repeat(30))
  })
})

describe('what there is not', () => {
  it.each([
    [
      'old.example',
      { name: 'slow' },
      'no site has the host old.example; known are news.example, other.example',
    ],
    [
      'news.example',
      { name: 'sloow' },
      'news.example has no variant sloow; it has paywall, gone, slow, hangs',
    ],
    [
      'news.example',
      { name: 'moved' },
      "moved needs 'to', another host; known are news.example, other.example",
    ],
    [
      'news.example',
      { name: 'moved', to: 'x.example' },
      "moved leads to x.example; it needs 'to', another host",
    ],
    [
      'news.example',
      { name: 'moved', to: 'news.example' },
      'moved leads to news.example; it needs',
    ],
    ['news.example', { name: 'slow', to: 'other.example' }, "slow leads nowhere: it takes no 'to'"],
    ['news.example', { name: 'constructor' }, 'news.example has no variant constructor'],
  ])('%s %j', async (host, setting, message) => {
    await using proxy = await openProxy([news, other])
    expect(() => proxy.setVariant(host, setting)).toThrow(message)
    await until('nothing', () => proxy.records().length === 0)
  })
})
