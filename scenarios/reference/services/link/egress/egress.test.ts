import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { continueTrace } from '../../common/trace.ts'
import { page, redirectTo } from '../../testing/outside-world.ts'
import { isAllowedAddress, parseCidrs } from './address-policy.ts'
import type { Resolve } from './guarded-lookup.ts'
import { SiteClient } from './site-client.ts'
import { checkTarget } from './target-policy.ts'

describe('checkTarget', () => {
  it.each([
    ['http://127.0.0.1/', 'ip-literal'],
    ['http://2130706433/', 'ip-literal'],
    ['http://0x7f000001/', 'ip-literal'],
    ['http://0177.0.0.1/', 'ip-literal'],
    ['http://127.1/', 'ip-literal'],
    ['http://0/', 'ip-literal'],
    ['http://127.0.0.1./', 'ip-literal'],
    ['http://１２７.０.０.１/', 'ip-literal'],
    ['http://169.254.169.254/latest/meta-data', 'ip-literal'],
    ['http://8.8.8.8/', 'ip-literal'],
    ['http://[::1]/', 'ip-literal'],
    ['http://[::ffff:127.0.0.1]/', 'ip-literal'],
    ['http://[::ffff:7f00:1]/', 'ip-literal'],
    ['http://[fe80::1%25eth0]/', 'not-an-address'],
    ['http://[fe80::1%eth0]/', 'not-an-address'],
    ['http://localhost/', 'local-name'],
    ['http://LOCALHOST./', 'local-name'],
    ['http://a.localhost/', 'local-name'],
    ['http://gateway/', 'local-name'],
    ['http://metadata.google.internal/', 'local-name'],
    ['http://printer.local/', 'local-name'],
    ['ftp://news.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http://user@news.example/', 'credentials'],
    ['http://:secret@news.example/', 'credentials'],
    ['http://news.example:22/', 'port'],
    ['http://news.example:6379/', 'port'],
    ['//news.example/', 'not-an-address'],
  ])('refuses %s: %s', (target, refusal) => {
    expect(() => checkTarget(target)).toThrow(expect.objectContaining({ refusal }))
  })

  it.each([
    'http://news.example/',
    'https://news.example/a?b#c',
    'http://news.example:8080/',
    'https://bücher.example/',
  ])('lets %s pass', (target) => {
    expect(checkTarget(target).href).toBe(new URL(target).href)
  })
})

describe('isAllowedAddress', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    'not an address',
  ])('refuses %s', (address) => {
    expect(isAllowedAddress(address, [])).toBe(false)
  })

  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111'])('allows %s', (address) => {
    expect(isAllowedAddress(address, [])).toBe(true)
  })

  it('allows what the operator lists, and only that', () => {
    const allowed = parseCidrs('10.1.0.0/16, fd00::/8')
    expect(isAllowedAddress('10.1.2.3', allowed)).toBe(true)
    expect(isAllowedAddress('::ffff:10.1.2.3', allowed)).toBe(true)
    expect(isAllowedAddress('fd12::1', allowed)).toBe(true)
    expect(isAllowedAddress('10.2.0.1', allowed)).toBe(false)
  })
})

describe('SiteClient', () => {
  it('gives up on a site that takes the connection and never shakes hands', async () => {
    const silent = createTcpServer().listen(0, '127.0.0.2')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const allowCidrs = parseCidrs('127.0.0.2/32')
    const resolve: Resolve = () => Promise.resolve([{ address: '127.0.0.2', family: 4 }])
    const client = new SiteClient({ allowCidrs, ports: [port], resolve })
    const startedMs = performance.now()
    const fetching = client.fetch(
      `https://site.example:${port}/`,
      { maxBytes: 10_000, maxRedirects: 3 },
      {
        trace: continueTrace(undefined),
        signal: AbortSignal.timeout(100),
        approve: () => {},
      },
    )
    await expect(fetching).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    await client.close()
    silent.close()
  })
})

describe('SiteClient, connecting directly', () => {
  const SITE = '127.0.0.2'
  const PRIVATE = '127.0.0.1'

  /** A site on an address that is allowed, and a secret on the same port of one that is not. */
  async function network(site: RequestListener, addresses: string[][]) {
    const stack = new AsyncDisposableStack()
    const reached: string[] = []
    const listen = async (host: string, port: number, listener: RequestListener) => {
      const server = createServer((request, answer) => {
        reached.push(host)
        listener(request, answer)
      }).listen(port, host)
      await once(server, 'listening')
      stack.defer(() => void server.close())
      stack.defer(() => server.closeAllConnections())
      return (server.address() as AddressInfo).port
    }
    const port = await listen(SITE, 0, site)
    await listen(PRIVATE, port, page('the secret'))
    const questions: string[] = []
    const resolve: Resolve = (name) => {
      const answer = addresses[Math.min(questions.length, addresses.length - 1)] ?? []
      questions.push(name)
      return Promise.resolve(answer.map((address) => ({ address, family: 4 })))
    }
    const allowCidrs = parseCidrs(`${SITE}/32`)
    const client = new SiteClient({ allowCidrs, ports: [port], resolve })
    stack.defer(() => client.close())
    const fetch = (path = '/') =>
      client.fetch(
        `http://site.example:${port}${path}`,
        { maxBytes: 10_000, maxRedirects: 3 },
        {
          trace: continueTrace(undefined),
          signal: AbortSignal.timeout(5_000),
          approve: () => {},
        },
      )
    return { fetch, port, reached, questions, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  }

  it('connects to the address that it checked, and asks for it once', async () => {
    await using net = await network(page('the page'), [[SITE], [PRIVATE]])
    expect((await net.fetch()).body.toString()).toBe('the page')
    expect(net.reached).toEqual([SITE])
    expect(net.questions).toEqual(['site.example'])
  })

  it('refuses a name that turns private for the next connection (DNS rebinding)', async () => {
    const site: RequestListener = (_request, answer) => {
      // Closes, so that the redirect needs a new connection and thereby a new lookup.
      answer.writeHead(302, { location: '/second', connection: 'close' }).end()
    }
    await using net = await network(site, [[SITE], [PRIVATE]])
    await expect(net.fetch()).rejects.toMatchObject({ refusal: 'private-address' })
    expect(net.reached).toEqual([SITE])
    expect(net.questions).toHaveLength(2)
  })

  it('refuses a name that has a private address beside a public one', async () => {
    await using net = await network(page('the page'), [[SITE, PRIVATE]])
    await expect(net.fetch()).rejects.toMatchObject({ refusal: 'private-address' })
    expect(net.reached).toEqual([])
  })

  it.each([
    ['http://127.0.0.1:<port>/', 'ip-literal'],
    ['http://localhost:<port>/', 'local-name'],
    ['file:///etc/passwd', 'scheme'],
    ['http://site.example:22/', 'port'],
  ])('refuses a redirect to %s', async (pattern, refusal) => {
    let location = ''
    await using net = await network(
      (request, answer) => redirectTo(location)(request, answer),
      [[SITE]],
    )
    location = pattern.replace('<port>', String(net.port))
    await expect(net.fetch()).rejects.toMatchObject({ refusal })
    expect(net.reached).toEqual([SITE])
  })

  it('gives up on a chain of redirects that is too long', async () => {
    await using net = await network(redirectTo('/again'), [[SITE]])
    await expect(net.fetch()).rejects.toThrow('more than 3 redirects')
    expect(net.reached).toHaveLength(4)
  })

  it('reads no more than the limit', async () => {
    await using net = await network(page('x'.repeat(1_000_000)), [[SITE]])
    expect((await net.fetch()).body.length).toBe(10_000)
  })
})
