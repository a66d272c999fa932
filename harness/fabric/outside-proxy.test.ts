import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import { delay, http, HttpResponse, passthrough } from 'msw'
import { describe, expect, it } from 'vitest'

import { site } from './site.ts'
import {
  ask,
  askThrough,
  basic,
  openProxy,
  openTunnel,
  startReplica,
  until,
} from './test-support.ts'

let waiting = 0
const news = site(['news.example', 'www.news.example'], {
  title: 'News',
  handlers: [
    http.get('/', ({ request }) => HttpResponse.text(`${request.method} ${request.url}`)),
    http.post('/echo', async ({ request }) => HttpResponse.text(await request.text())),
    http.post('/unread', () => HttpResponse.text('did not look')),
    http.get('/headers', ({ request }) => HttpResponse.json(Object.fromEntries(request.headers))),
    http.get('/throws', () => {
      throw new Error('a typo in the handler')
    }),
    http.get('/reset', () => HttpResponse.error()),
    http.get('/pass', () => passthrough()),
    http.get('/never', async () => {
      waiting += 1
      await delay('infinite')
    }),
    http.get('/slow-body', () => new HttpResponse(new ReadableStream({ start: () => undefined }))),
    http.get('/broken-body', () => {
      const pull = (controller: ReadableStreamDefaultController) => {
        if (controller.desiredSize === 1) controller.enqueue(Buffer.from('half'))
        controller.error(new Error('torn'))
      }
      return new HttpResponse(new ReadableStream({ pull }))
    }),
  ],
})

describe('a known host', () => {
  it('is answered by its handlers, and recorded with who asked', async () => {
    await using proxy = await openProxy([news])
    const answer = await askThrough(proxy, 'http://news.example/?q=1')
    expect([answer.status, answer.text]).toEqual([200, 'GET http://news.example/?q=1'])
    expect(await proxy.recorded(1)).toEqual([
      {
        seq: 1,
        atMs: expect.any(Number) as number,
        from: 'link-1',
        method: 'GET',
        url: 'http://news.example/?q=1',
        outcome: 'answered',
        status: 200,
        durationMs: expect.any(Number) as number,
      },
    ])
  })

  it.each([
    'http://NEWS.Example/',
    'http://news.example:80/',
    'http://news.example./',
    'http://u:p@www.news.example/',
  ])('is known as %s too', async (url) => {
    await using proxy = await openProxy([news])
    const credentials = { host: 'news.example' }
    expect((await askThrough(proxy, url, { headers: credentials })).status).toBe(200)
    expect((await proxy.recorded(1))[0]?.url).not.toContain('u:p')
  })

  it('gets the request without what concerns the proxy', async () => {
    await using proxy = await openProxy([news])
    const headers = { 'x-kept': 'yes', connection: 'x-hop', 'x-hop': '1' }
    const answer = await askThrough(proxy, 'http://news.example/headers', { headers })
    expect(JSON.parse(answer.text)).toEqual({ host: 'news.example', 'x-kept': 'yes' })
  })

  it('gets the body of a request, of any size', async () => {
    await using proxy = await openProxy([news])
    const body = 'x'.repeat(3_000_000)
    const answer = await askThrough(proxy, 'http://news.example/echo', { method: 'POST', body })
    expect(answer.text).toBe(body)
  })

  it('may leave a body unread without blocking the connection', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'news.example:80')
    const body = 'x'.repeat(1_000_000)
    const head = `POST /unread HTTP/1.1\r\nhost: news.example\r\ncontent-length: ${body.length}\r\n\r\n`
    socket.write(`${head}${body}GET /next HTTP/1.1\r\nhost: news.example\r\n\r\n`)
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += String(chunk)))
    await until(
      'both answers',
      () => received.includes('did not look') && received.includes(' 404 '),
    )
    socket.destroy()
  })

  it('answers 404 where no handler matches, with a note', async () => {
    await using proxy = await openProxy([news])
    expect((await askThrough(proxy, 'http://news.example/nothing')).status).toBe(404)
    expect(await proxy.recorded(1)).toMatchObject([
      { outcome: 'answered', status: 404, note: 'no handler' },
    ])
  })

  it('answers 500 when a handler throws, and the record says where', async () => {
    await using proxy = await openProxy([news])
    const answer = await askThrough(proxy, 'http://news.example/throws')
    expect(answer.status).toBe(500)
    expect(answer.text).toContain('a handler of the site news.example, www.news.example failed')
    const [record] = await proxy.recorded(1)
    expect(record).toMatchObject({ outcome: 'answered', status: 500 })
    expect(record?.note).toMatch(/^handler threw: Error: a typo in the handler/)
    expect(record?.note).toContain('outside-proxy.test.ts')
  })

  it('resets the connection on HttpResponse.error()', async () => {
    await using proxy = await openProxy([news])
    await expect(askThrough(proxy, 'http://news.example/reset')).rejects.toThrow('ECONNRESET')
    expect(await proxy.recorded(1)).toMatchObject([
      { outcome: 'answered', note: 'the site reset the connection' },
    ])
  })

  it('resets the connection when the body of an answer breaks off', async () => {
    await using proxy = await openProxy([news])
    await expect(askThrough(proxy, 'http://news.example/broken-body')).rejects.toThrow()
    expect((await proxy.recorded(1))[0]?.note).toMatch(/^handler threw: Error: torn/)
  })

  it('does not let a handler pass a request on to the real host', async () => {
    await using proxy = await openProxy([news])
    expect((await askThrough(proxy, 'http://news.example/pass')).status).toBe(502)
    expect((await proxy.recorded(1))[0]?.outcome).toBe('refused')
  })

  it.each([
    ['/never', 'the client hung up before an answer', () => waiting > 0],
    ['/slow-body', 'the client hung up during the answer', () => true],
  ])('frees what serves %s when the client hangs up', async (path, note, isServed) => {
    await using proxy = await openProxy([news])
    const headers = { 'proxy-authorization': basic('actor') }
    const url = `http://news.example${path}`
    const request = httpRequest(proxy.url, { path: url, headers, agent: false }).end()
    request.on('error', () => undefined)
    if (path === '/slow-body') await once(request, 'response')
    await until('the handler to run', isServed)
    request.destroy()
    expect(await proxy.recorded(1)).toMatchObject([{ from: 'actor', outcome: 'answered', note }])
  })
})

describe('what no site serves', () => {
  it('is refused with what to do, and recorded with who asked', async () => {
    await using proxy = await openProxy([news])
    const answer = await askThrough(proxy, 'http://tracker.example/pixel?id=1')
    expect(answer.status).toBe(502)
    expect(answer.headers['x-aftershock-refused']).toBe('unknown host')
    expect(answer.text).toContain('link-1 asked for http://tracker.example/pixel')
    expect(answer.text).toContain("site('tracker.example'")
    expect(answer.text).toContain('allowOutside')
    expect(await proxy.recorded(1)).toMatchObject([
      {
        from: 'link-1',
        method: 'GET',
        url: 'http://tracker.example/pixel?id=1',
        outcome: 'refused',
        status: 502,
        note: 'unknown host',
      },
    ])
  })

  it.each([
    ['http://news.example:8080/', 'port'],
    ['ftp://news.example/', 'scheme'],
    ['http://192.0.2.1/', 'ip address'],
    ['http://2130706433/', 'ip address'],
    ['http://[::1]/', 'ip address'],
    ['http://localhost/', 'unknown host'],
  ])('%s is refused: %s', async (url, reason) => {
    await using proxy = await openProxy([news])
    expect((await askThrough(proxy, url)).headers['x-aftershock-refused']).toBe(reason)
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'refused', note: reason }])
  })

  it('a service is not reached through the proxy, by neither way', async () => {
    let reached = 0
    await using service = await startReplica('media-1', (_, answer) => {
      reached += 1
      answer.end()
    })
    await using proxy = await openProxy([news])
    await askThrough(proxy, service.url)
    const { socket } = await openTunnel(proxy, `127.0.0.1:${service.port}`)
    socket.write('GET / HTTP/1.1\r\nhost: news.example\r\n\r\n')
    expect(String((await once(socket, 'data')) as [Buffer])).toContain('502 Bad Gateway')
    socket.destroy()
    const urls = (await proxy.recorded(2)).map(({ url, outcome }) => [url, outcome])
    expect(urls).toEqual([
      [`${service.url}/`, 'refused'],
      [`${service.url}/`, 'refused'],
    ])
    expect(reached).toBe(0)
  })
})

describe('who asks', () => {
  it.each([
    ['a wrong password', basic('link-1', 'guess')],
    ['an unknown user', `Basic ${btoa('nobody:pw-link')}`],
    ['an unknown user and no password', `Basic ${btoa('nobody:')}`],
    ['a name of Object', `Basic ${btoa('constructor:x')}`],
    ['something else', 'Bearer pw-link'],
  ])('is refused with %s', async (_, credentials) => {
    await using proxy = await openProxy([news])
    const headers = { 'proxy-authorization': credentials }
    const answer = await askThrough(proxy, 'http://news.example/', { headers })
    expect([answer.status, answer.headers['proxy-authenticate']]).toEqual([
      407,
      'Basic realm="aftershock"',
    ])
    expect((await openTunnel(proxy, 'news.example:80', credentials)).status).toBe(407)
    expect(await proxy.recorded(2)).toMatchObject([
      { from: 'unknown', method: 'GET', url: 'http://news.example/', outcome: 'refused' },
      { from: 'unknown', method: 'CONNECT', url: 'http://news.example/', outcome: 'refused' },
    ])
  })

  it('may report what a connect guard kept back, with credentials only', async () => {
    await using proxy = await openProxy([news])
    const post = (body: string, headers: Record<string, string> = {}) =>
      ask(proxy.url, {
        method: 'POST',
        path: '/refused',
        body,
        headers: { 'content-length': String(Buffer.byteLength(body)), ...headers },
      })
    const credentials = { 'proxy-authorization': basic('link-1') }
    const report = JSON.stringify({ url: 'tcp://192.0.2.1:25/' })
    expect((await post(report)).status).toBe(407)
    for (const body of ['{}', 'x', '{"url":"nothing"}', `"${'x'.repeat(5_000)}"`]) {
      expect((await post(body, credentials)).status).toBe(400)
    }
    expect(proxy.records()).toEqual([])
    expect((await post(report, credentials)).status).toBe(204)
    expect(proxy.records()).toMatchObject([
      {
        from: 'link-1',
        method: 'CONNECT',
        url: 'tcp://192.0.2.1:25/',
        outcome: 'refused',
        note: 'went past the proxy',
      },
    ])
  })

  it('is told what a proxy is when it takes it for a server', async () => {
    await using proxy = await openProxy([news])
    const answer = await ask(`${proxy.url}/`)
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"error":"fabric: this is a proxy: ask it for http://host/path, or CONNECT host:port"}',
    ])
  })
})

describe('a tunnel', () => {
  it('carries several requests, each recorded', async () => {
    await using proxy = await openProxy([news])
    const { status, socket } = await openTunnel(proxy, 'news.example:80')
    expect(status).toBe(200)
    for (let i = 1; i <= 2; i += 1) {
      const request = httpRequest({
        createConnection: () => socket,
        path: `/?n=${i}`,
        headers: { connection: 'keep-alive' },
      })
      const [incoming] = (await once(request.end(), 'response')) as [IncomingMessage]
      expect(await text(incoming)).toBe(`GET http://news.example/?n=${i}`)
    }
    expect(await proxy.recorded(2)).toMatchObject([{ from: 'link-1' }, { from: 'link-1' }])
    socket.destroy()
  })

  it('leads to the host it was opened to, whatever is said inside of it', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'tracker.example:80')
    socket.write('GET / HTTP/1.1\r\nhost: news.example\r\n\r\n')
    expect(String((await once(socket, 'data')) as [Buffer])).toContain('unknown host')
    socket.destroy()
    const other = await openTunnel(proxy, 'news.example:80')
    other.socket.write('GET http://www.news.example/ HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(String((await once(other.socket, 'data')) as [Buffer])).toContain('400 Bad Request')
    other.socket.destroy()
    expect((await proxy.recorded(2)).map(({ outcome }) => outcome)).toEqual(['refused', 'refused'])
  })

  it('to nowhere in which a handshake stops half-way is closed and recorded', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'tracker.example:443')
    socket.on('error', () => undefined)
    socket.write(Buffer.from([0x16, 0x03, 0x01]))
    socket.resume()
    await once(socket, 'close')
    const url = 'https://tracker.example/'
    const note = 'unknown host; nothing was asked in the tunnel'
    expect(await proxy.recorded(1)).toMatchObject([
      { from: 'link-1', method: 'CONNECT', url, note },
    ])
  })

  it('in which something else than HTTP is spoken is closed and recorded', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'news.example:80')
    socket.end('PING\r\n\r\n').resume()
    await once(socket, 'close')
    expect((await proxy.recorded(1))[0]?.note).toContain('not HTTP')
  })

  it('to nowhere is recorded although nothing was asked in it', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'mail.example:25')
    socket.destroy()
    expect(await proxy.recorded(1)).toMatchObject([
      { outcome: 'refused', note: 'unknown host; nothing was asked in the tunnel' },
    ])
  })

  it('to nowhere is closed when both sides wait for the other', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'mail.example:25')
    socket.resume()
    await once(socket, 'close')
    expect(await proxy.recorded(1)).toHaveLength(1)
  })

  it('to a site is no request as long as nothing is asked in it', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'news.example:80')
    socket.destroy()
    await askThrough(proxy, 'http://news.example/')
    expect(await proxy.recorded(1)).toMatchObject([{ method: 'GET' }])
  })

  it('needs host and port', async () => {
    await using proxy = await openProxy([news])
    expect((await openTunnel(proxy, 'news.example')).status).toBe(400)
  })
})
