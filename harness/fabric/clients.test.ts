/** Clients that nobody wrote against this proxy, over http and https: Node's fetch, undici, curl, Python's urllib, Java's HttpClient. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { http, HttpResponse } from 'msw'
import { ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Redactor } from '../core/index.ts'
import { HttpConnections } from '../load/index.ts'
import { trusting } from '../runtimes/trust.ts'
import { site } from './site.ts'
import { callers, openProxy, type Proxy } from './test-support.ts'

const news = site('news.example', {
  title: 'News',
  handlers: [http.get('/a', ({ request }) => HttpResponse.text(`you asked for ${request.url}`))],
})
const urls = ['http://news.example/a', 'https://news.example/a']

let proxy: Proxy
let folder: string
let caFile: string
let proxyUrl: string

beforeAll(async () => {
  proxy = await openProxy([news])
  folder = mkdtempSync(join(tmpdir(), 'aftershock-clients-'))
  caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, proxy.caCertificate)
  proxyUrl = proxy.url.replace('//', `//link-1:${callers['link-1']}@`)
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Runs a program in the environment that services have. */
async function run(command: string, args: readonly string[], trust = true): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    ...(trust ? trusting(caFile) : {}),
  }
  return (await promisify(execFile)(command, [...args], { env })).stdout
}

/** A program that prints the body of what its argument names. */
interface Client {
  readonly name: string
  readonly get: (url: string, trust?: boolean) => Promise<string>
}

const nodeCode = 'process.stdout.write(await (await fetch(process.argv[1])).text())'
const httpsCode = `
import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
const url = process.argv[1]
;(url.startsWith('https') ? https : http).get(url, async (answer) => process.stdout.write(await text(answer)))`
const pythonCode = `
import sys, urllib.request
sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())`
const module = ['--input-type=module', '-e']

const clients: readonly Client[] = [
  {
    name: "Node's fetch",
    get: (url, trust) => run(process.execPath, [...module, nodeCode, url], trust),
  },
  {
    name: 'node:http and node:https',
    get: (url, trust) => run(process.execPath, [...module, httpsCode, url], trust),
  },
  { name: 'curl', get: (url, trust) => run('curl', ['-sS', url], trust) },
  { name: "Python's urllib", get: (url, trust) => run('python3', ['-c', pythonCode, url], trust) },
]

describe.each(clients)('$name', ({ get }) => {
  it.each(urls)('gets %s', async (url) => {
    const before = proxy.records().length
    expect(await get(url)).toBe(`you asked for ${url}`)
    const [, ...more] = proxy.records().slice(before)
    expect(proxy.records()[before]).toMatchObject({
      from: 'link-1',
      method: 'GET',
      url,
      status: 200,
    })
    expect(more).toEqual([])
  })

  it('refuses https when it was not told of the authority', async () => {
    await expect(get('https://news.example/a', false)).rejects.toThrow()
  })

  it.each(['tls-expired', 'tls-wrong-host', 'tls-self-signed'])(
    'refuses what %s shows',
    async (name) => {
      proxy.setVariant('news.example', { name })
      try {
        await expect(get('https://news.example/a')).rejects.toThrow()
        expect(proxy.records().at(-1)).toMatchObject({ outcome: 'answered', variant: name })
      } finally {
        proxy.setVariant('news.example', undefined)
      }
    },
  )
})

describe('undici', () => {
  it.each([true, false])(
    'gets both with proxyTunnel %s, over kept connections',
    async (proxyTunnel) => {
      const dispatcher = new ProxyAgent({
        uri: proxyUrl,
        proxyTunnel,
        connections: 1,
        requestTls: { ca: proxy.caCertificate },
      })
      for (const url of [...urls, ...urls, ...urls]) {
        const answer = await request(url, { dispatcher })
        expect(await answer.body.text()).toBe(`you asked for ${url}`)
      }
      await dispatcher.close()
    },
  )
})

describe('the client of flows', () => {
  it.each(urls)('gets %s', async (url) => {
    await using connections = new HttpConnections({
      frontDoors: {},
      entry: 'gateway',
      proxyUrl,
      caCertificate: proxy.caCertificate,
      redactor: new Redactor(),
    })
    const client = connections.client({}, AbortSignal.timeout(10_000))
    for (let i = 0; i < 2; i += 1)
      expect((await client.get(url)).text()).toBe(`you asked for ${url}`)
  })
})

const javaCode = `
import java.net.*;
import java.net.http.*;
public class Get {
  public static void main(String[] args) throws Exception {
    URI proxy = URI.create(args[0]);
    String[] user = proxy.getUserInfo().split(":");
    HttpClient client = HttpClient.newBuilder()
      .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
      .authenticator(new Authenticator() {
        protected PasswordAuthentication getPasswordAuthentication() {
          return new PasswordAuthentication(user[0], user[1].toCharArray());
        }
      }).build();
    for (int i = 1; i < args.length; i++) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(args[i])).build();
      System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}`
const hasJava = await promisify(execFile)('javac', ['-version']).then(
  () => true,
  () => false,
)

describe.skipIf(!hasJava)("Java's HttpClient", () => {
  it('gets both, with the authority in a trust store of its own', async () => {
    const source = join(folder, 'Get.java')
    const store = join(folder, 'trust.p12')
    writeFileSync(source, javaCode)
    const importing = ['-importcert', '-noprompt', '-alias', 'ca', '-file', caFile]
    await run('keytool', [...importing, '-keystore', store, '-storepass', 'changeit'])
    const options = [
      `-Djavax.net.ssl.trustStore=${store}`,
      '-Djavax.net.ssl.trustStorePassword=changeit',
      // Java leaves Basic credentials away from CONNECT unless told so.
      '-Djdk.http.auth.tunneling.disabledSchemes=',
    ]
    const out = await run('java', [...options, source, proxyUrl, ...urls])
    expect(out).toBe(urls.map((url) => `you asked for ${url}\n`).join(''))
  })
})
