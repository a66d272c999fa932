import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { http, HttpResponse } from 'msw'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { site } from '../../fabric/site.ts'
import { callers, openProxy, type Proxy } from '../../fabric/test-support.ts'

const guard = fileURLToPath(new URL('connect-guard.ts', import.meta.url))
const news = site('news.example', {
  title: 'News',
  handlers: [http.get('/', () => HttpResponse.text('news'))],
})
let proxy: Proxy

beforeAll(async () => {
  proxy = await openProxy([news])
})
afterAll(() => proxy[Symbol.asyncDispose]())

/** Runs a module as a service would run, and returns what it printed and what the fabric recorded of it. */
async function run(code: string) {
  const before = proxy.records().length
  const url = proxy.url.replace('//', `//link-1:${callers['link-1']}@`)
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_OPTIONS: `--import=${guard}`,
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: url,
    NO_PROXY: '127.0.0.1,localhost',
  }
  const args = ['--input-type=module', '-e', code]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env })
  const recorded = proxy
    .records()
    .slice(before)
    .map(({ from, method, url: asked, outcome, note }) => [from, method, asked, outcome, note])
  return { stdout, stderr, recorded }
}

const failing = (expression: string): string =>
  `await ${expression}.then(() => console.log('got through'), (error) => console.log((error.cause ?? error).code, error.cause?.message ?? error.message))`

describe('past the proxy', () => {
  it.each([
    ['a connection by name', `net.connect(80, 'news.example')`, 'tcp://news.example:80/'],
    [
      'a connection by address',
      `net.connect({ host: '192.0.2.1', port: 443 })`,
      'tcp://192.0.2.1:443/',
    ],
    ['one of IPv6', `net.connect({ host: '2001:db8::1', port: 443 })`, 'tcp://[2001:db8::1]:443/'],
    [
      'one of TLS',
      `(await import('node:tls')).connect(443, 'news.example')`,
      'tcp://news.example:443/',
    ],
    [
      'a connection by a look-up of its own',
      `net.connect({ host: 'here.example', port: 80, lookup: (_, options, done) => options.all ? done(null, [{ address: '192.0.2.3', family: 4 }]) : done(null, '192.0.2.3', 4) })`,
      'tcp://here.example:80/',
    ],
    ['a socket of its own', `new net.Socket().connect(80, '192.0.2.7')`, 'tcp://192.0.2.7:80/'],
  ])('%s is refused, with the reason, and recorded', async (_, expression, url) => {
    const { stdout, stderr, recorded } = await run(`
      import net from 'node:net'
      import { once } from 'node:events'
      ${failing(`once(${expression}, 'connect')`)}`)
    expect(stdout).toContain('ECONNREFUSED aftershock refused a connection to')
    expect(stdout).toContain('through the proxy (HTTP_PROXY')
    expect(stderr).toContain('aftershock: refused a connection to')
    expect(recorded).toEqual([['link-1', 'CONNECT', url, 'refused', 'went past the proxy']])
  })

  it.each([
    ['lookup()', `import { lookup } from 'node:dns/promises'`, `lookup('news.example')`],
    ['resolve4()', `import { resolve4 } from 'node:dns/promises'`, `resolve4('news.example')`],
    [
      'a Resolver',
      `import { Resolver } from 'node:dns/promises'`,
      `new Resolver().resolve4('news.example')`,
    ],
    [
      'lookup() with a callback',
      `import { lookup } from 'node:dns'; import { promisify } from 'node:util'`,
      `promisify(lookup)('news.example')`,
    ],
  ])('%s is refused and recorded', async (_, imports, expression) => {
    const { stdout, recorded } = await run(`${imports}; ${failing(expression)}`)
    expect(stdout).toContain('ENOTFOUND aftershock refused to look up news.example')
    expect(recorded).toEqual([
      ['link-1', 'LOOKUP', 'dns://news.example/', 'refused', 'went past the proxy'],
    ])
  })

  it('an undici Agent of its own is refused', async () => {
    const { stdout, recorded } = await run(
      failing(
        `fetch('https://192.0.2.9/', { dispatcher: new (await import('${import.meta.resolve('undici')}')).Agent() })`,
      ),
    )
    expect(stdout).toContain('ECONNREFUSED')
    expect(recorded).toMatchObject([
      ['link-1', 'CONNECT', 'tcp://192.0.2.9:443/', 'refused', 'went past the proxy'],
    ])
  })

  it('is reported no more than some hundred times by one program', async () => {
    const { recorded } = await run(`
      import { lookup } from 'node:dns/promises'
      for (let i = 0; i < 300; i += 1) await lookup('news.example').catch(() => undefined)`)
    expect(recorded).toHaveLength(200)
  })
})

describe('lets pass', () => {
  it('the proxy itself, and what goes through it', async () => {
    const { stdout, recorded } = await run(
      `console.log(await (await fetch('http://news.example/')).text())`,
    )
    expect(stdout).toBe('news\n')
    expect(recorded).toMatchObject([
      ['link-1', 'GET', 'http://news.example/', 'answered', undefined],
    ])
  })

  it.each(['127.0.0.1', 'localhost', '127.0.0.2', '::ffff:127.0.0.1'])('%s', async (host) => {
    const server = createServer((socket) => socket.end('here')).listen(
      0,
      host === 'localhost' ? '127.0.0.1' : host,
    )
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { stdout, recorded } = await run(`
      import net from 'node:net'
      import { text } from 'node:stream/consumers'
      console.log(await text(net.connect(${port}, '${host}')))`)
    server.close()
    expect([stdout, recorded]).toEqual(['here\n', []])
  })

  it('a socket of the file system, and looking up localhost', async () => {
    const { stdout, recorded } = await run(`
      import net from 'node:net'
      import { once } from 'node:events'
      import { lookup } from 'node:dns/promises'
      await lookup('localhost')
      const path = '/tmp/aftershock-guard-' + process.pid
      const server = net.createServer((socket) => socket.end()).listen(path)
      await once(server, 'listening')
      await once(net.connect(path).resume(), 'close')
      await once(net.connect({ path }).resume(), 'close')
      server.close()
      console.log('both')`)
    expect([stdout, recorded]).toEqual(['both\n', []])
  })
})
