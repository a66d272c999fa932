import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'

import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { site } from './site.ts'
import { openProxy, openTunnel, until, type Proxy } from './test-support.ts'

const news = site(['news.example', 'www.news.example'], {
  title: 'News',
  handlers: [
    http.get('/', ({ request }) => HttpResponse.text(request.url)),
    http.post('/echo', ({ request }) => new HttpResponse(request.body)),
    http.get('/reset', () => HttpResponse.error()),
    http.get('/breaks-off', () => {
      let chunks = 0
      const pull = (body: ReadableStreamDefaultController<Uint8Array>) => {
        chunks += 1
        if (chunks > 3) throw new Error('the disk is gone')
        body.enqueue(new Uint8Array(100))
      }
      return new HttpResponse(new ReadableStream({ pull }))
    }),
  ],
})

/** A TLS connection to the host through a tunnel, as `https` opens one. */
async function openTls(
  proxy: Proxy,
  authority: string,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { socket } = await openTunnel(proxy, authority)
  const servername = authority.replace(/:\d+$/, '')
  const tls = connect({ socket, servername, ca: proxy.caCertificate, ...options })
  // A TLS connection that fails leaves the one below it open.
  tls.once('close', () => socket.destroy())
  await once(tls, 'secureConnect')
  return tls
}

async function ask(
  tls: TLSSocket,
  path: string,
  options: { readonly method?: string; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly text: string; readonly close: boolean }> {
  const headers = { connection: 'keep-alive', host: 'news.example' }
  const request = httpRequest({
    ...options,
    createConnection: () => tls,
    path,
    headers,
  })
  request.end(options.body)
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  const close = incoming.headers.connection === 'close'
  return { status: incoming.statusCode ?? 0, text: await text(incoming), close }
}

describe('https', () => {
  it('of which a body breaks off is not taken for a client that speaks something else', async () => {
    await using proxy = await openProxy([news])
    const times = 10
    for (let i = 0; i < times; i += 1) {
      const tls = await openTls(proxy, 'news.example:443')
      await expect(ask(tls, '/breaks-off')).rejects.toThrow()
      tls.destroy()
    }
    // What comes after it would be recorded before this one.
    const last = await openTls(proxy, 'news.example:443')
    await ask(last, '/')
    last.destroy()
    const recorded = await proxy.recorded(times + 1)
    expect(recorded.map(({ outcome }) => outcome)).toEqual(Array(times + 1).fill('answered'))
    expect(recorded[0]?.note).toMatch(/^handler threw: Error: the disk is gone/)
  })

  it('without a name in the handshake is answered by the host that the tunnel leads to, and recorded', async () => {
    await using proxy = await openProxy([news])
    const nameless = { servername: '', checkServerIdentity: () => undefined }
    const tls = await openTls(proxy, 'news.example:443', nameless)
    expect((await ask(tls, '/')).text).toBe('https://news.example/')
    tls.destroy()
    const url = 'https://news.example/'
    expect(await proxy.recorded(1)).toMatchObject([{ method: 'GET', url, outcome: 'answered' }])
  })

  it('without a name in the handshake to a host that is no site is refused and recorded', async () => {
    await using proxy = await openProxy([news])
    const nameless = { servername: '', checkServerIdentity: () => undefined }
    const tls = await openTls(proxy, 'elsewhere.example:443', nameless)
    tls.destroy()
    expect(await proxy.recorded(1)).toMatchObject([
      { from: 'link-1', method: 'CONNECT', url: 'https://elsewhere.example/', outcome: 'refused' },
    ])
  })

  it('is answered by the same handlers, with a certificate that the authority of the run vouches for', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443')
    expect([tls.authorized, tls.alpnProtocol]).toEqual([true, false])
    expect((await ask(tls, '/?q=1')).text).toBe('https://news.example/?q=1')
    expect(await proxy.recorded(1)).toMatchObject([
      {
        from: 'link-1',
        method: 'GET',
        url: 'https://news.example/?q=1',
        outcome: 'answered',
        status: 200,
      },
    ])
    tls.destroy()
  })

  it('keeps the connection for the next request', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443')
    for (let i = 0; i < 3; i += 1) expect((await ask(tls, '/')).status).toBe(200)
    expect(await proxy.recorded(3)).toHaveLength(3)
    tls.destroy()
  })

  it('speaks HTTP/1.1 to clients that would rather speak another version', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443', { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(tls.alpnProtocol).toBe('http/1.1')
    tls.destroy()
  })

  it('shows the certificate of the name that the client says', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443', { servername: 'www.news.example' })
    expect(tls.getPeerCertificate().subjectaltname).toBe('DNS:www.news.example')
    tls.destroy()
  })

  it('echoes a body both ways', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443')
    const body = 'x'.repeat(2_000_000)
    expect((await ask(tls, '/echo', { method: 'POST', body })).text).toBe(body)
    tls.destroy()
  })

  it('is reset below TLS on HttpResponse.error()', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:443')
    await expect(ask(tls, '/reset')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await proxy.recorded(1))[0]?.note).toBe('the site reset the connection')
  })

  it('on another port is refused as such', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'news.example:8443')
    expect((await ask(tls, '/')).status).toBe(502)
    expect(await proxy.recorded(1)).toMatchObject([
      { url: 'https://news.example:8443/', outcome: 'refused', note: 'port' },
    ])
    tls.destroy()
  })

  it('to an unknown host is refused inside, so that the record says what was asked for', async () => {
    await using proxy = await openProxy([news])
    const tls = await openTls(proxy, 'tracker.example:443')
    const answer = await ask(tls, '/pixel?id=1')
    expect([answer.status, answer.text]).toEqual([502, expect.stringContaining('unknown host')])
    expect(await proxy.recorded(1)).toMatchObject([
      { url: 'https://tracker.example/pixel?id=1', method: 'GET', outcome: 'refused' },
    ])
    tls.destroy()
  })
})

describe('a client that does not trust the authority of the run', () => {
  it('fails, and the record says why', async () => {
    await using proxy = await openProxy([news])
    const { socket } = await openTunnel(proxy, 'news.example:443')
    const tls = connect({ socket, servername: 'news.example', maxVersion: 'TLSv1.2' })
    await expect(once(tls, 'secureConnect')).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
    socket.destroy()
    await until('the tunnel to close', () => socket.destroyed)
    expect(proxy.records().every(({ outcome }) => outcome === 'answered')).toBe(true)
  })
})

describe('a variant of the handshake', () => {
  it.each([
    ['tls-expired', 'CERT_HAS_EXPIRED'],
    ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('%s is what a client sees, and plain http goes on', async (name, code) => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name })
    await expect(openTls(proxy, 'news.example:443')).rejects.toMatchObject({ code })
    const [record] = await proxy.recorded(1)
    expect(record).toMatchObject({ method: 'CONNECT', outcome: 'answered', variant: name })
    proxy.setVariant('news.example', undefined)
    const tls = await openTls(proxy, 'news.example:443')
    expect((await ask(tls, '/')).status).toBe(200)
    tls.destroy()
  })

  it('tls-hangs never answers, until it is taken back', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'tls-hangs' })
    const { socket } = await openTunnel(proxy, 'news.example:443')
    const tls = connect({ socket, servername: 'news.example', ca: proxy.caCertificate })
    const shaken = once(tls, 'secureConnect').then(
      () => 'secure',
      () => 'ended',
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(proxy.records()).toEqual([])
    proxy.setVariant('news.example', undefined)
    expect(await shaken).toBe('ended')
    expect(await proxy.recorded(1)).toMatchObject([
      { variant: 'tls-hangs', note: 'the handshake was not answered' },
    ])
  })

  it('strikes clients that have a connection already, after the answer that they wait for', async () => {
    await using proxy = await openProxy([news])
    const idle = await openTls(proxy, 'news.example:443')
    const busy = await openTls(proxy, 'news.example:443')
    const first = (await ask(idle, '/')).status
    const echo = httpRequest({
      createConnection: () => busy,
      path: '/echo',
      method: 'POST',
      headers: { host: 'news.example' },
    })
    echo.write('one')
    const [incoming] = (await once(echo, 'response')) as [IncomingMessage]
    proxy.setVariant('news.example', { name: 'tls-expired' })
    await once(idle, 'close')
    echo.end('two')
    expect([first, await text(incoming)]).toEqual([200, 'onetwo'])
    await once(busy, 'close')
  })

  it('of a share of connections strikes requests, since each needs a new one', async () => {
    await using proxy = await openProxy([news])
    proxy.setVariant('news.example', { name: 'tls-expired', toxicity: 0.5, first: 1 })
    const good = await openTls(proxy, 'news.example:443', { rejectUnauthorized: false })
    expect((await ask(good, '/')).close).toBe(true)
    good.destroy()
  })
})
