import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { FabricClient } from './client.ts'
import { readyPrefix, type FabricReady, type FabricSettings } from './contract.ts'
import { ask, callers, startReplica, type Replica } from './test-support.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const settings: FabricSettings = {
  host: '127.0.0.1',
  seed: 1,
  services: ['gateway', 'media'],
  links: [{ from: 'gateway', to: 'media', callers: ['gateway-1', 'gateway-2'] }],
  sites: [new URL('../../mocks/sites/news.ts', import.meta.url).href],
  controlToken: 'a-token-of-the-run',
  callers,
}
const { signal } = new AbortController()

function start(value: string): ChildProcess {
  return spawn(process.execPath, [main], {
    env: { ...process.env, AFTERSHOCK_FABRIC: value },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function whenReady(child: ChildProcess): Promise<FabricReady> {
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
  const [line] = (await once(lines, 'line')) as [string]
  expect(line.startsWith(readyPrefix)).toBe(true)
  return JSON.parse(line.slice(readyPrefix.length)) as FabricReady
}

async function outcome(
  child: ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout as NonNullable<typeof child.stdout>),
    text(child.stderr as NonNullable<typeof child.stderr>),
  ])
  return { code, stdout, stderr }
}

describe('as a program', () => {
  let child: ChildProcess
  let ready: FabricReady
  let client: FabricClient
  let media: Replica

  beforeAll(async () => {
    child = start(JSON.stringify(settings))
    ready = await whenReady(child)
    client = new FabricClient(ready.control, settings.controlToken)
    media = await startReplica('media-1')
  })
  afterAll(async () => {
    child.kill('SIGKILL')
    await media[Symbol.asyncDispose]()
  })

  const proxyUrl = (): string => ready.proxy.replace('//', `//link-1:${callers['link-1']}@`)
  const article = 'http://news.example/2023/03/outage'
  const unknown = 'http://tracker.example/'

  /** What was recorded while `action` ran. */
  async function recording(action: () => Promise<unknown>) {
    const before = (await client.outside(0, signal)).records.at(-1)?.seq ?? 0
    await action()
    const { records } = await client.outside(before, signal)
    return records.map(({ from, url, outcome: how, status }) => [from, url, how, status])
  }

  const bothRecorded = [
    ['link-1', article, 'answered', 200],
    ['link-1', unknown, 'refused', 502],
  ]

  it('leads to replicas through front doors and links, and counts links', async () => {
    expect((await ask(ready.frontDoors['media'] ?? '')).status).toBe(503)
    await client.setUpstreams('media', [media.address], signal)
    const link = ready.links['gateway-2>media'] ?? ''
    for (const url of [ready.frontDoors['media'] ?? '', link]) {
      expect((await ask(url)).headers['x-aftershock-replica']).toBe('media-1')
    }
    const counted = (await client.links(signal)).map(({ from, to, requests, answers }) => [
      `${from}>${to}`,
      requests,
      answers,
    ])
    expect(counted).toContainEqual(['actors>media', 2, { '2xx': 1 }])
    expect(counted).toContainEqual(['gateway>media', 1, { '2xx': 1 }])
  })

  it("answers Node's fetch with NODE_USE_ENV_PROXY", async () => {
    const code = `for (const url of process.argv.slice(1)) {
      const answer = await fetch(url)
      console.log(answer.status, (await answer.text()).includes('og:title'))
    }`
    let stdout = ''
    const records = await recording(async () => {
      const args = ['--input-type=module', '-e', code, article, unknown]
      const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxyUrl(), NO_PROXY: '' }
      stdout = (await promisify(execFile)(process.execPath, args, { env })).stdout
    })
    expect(stdout).toBe('200 true\n502 false\n')
    expect(records).toEqual(bothRecorded)
  })

  it.each([true, false])("answers undici's ProxyAgent with proxyTunnel %s", async (proxyTunnel) => {
    const dispatcher = new ProxyAgent({ uri: proxyUrl(), proxyTunnel })
    const records = await recording(async () => {
      for (const url of [article, unknown]) {
        const answer = await request(url, { dispatcher })
        await answer.body.dump()
      }
    })
    await dispatcher.close()
    expect(records).toEqual(bothRecorded)
  })

  it.each([[[]], [['--proxytunnel']]])('answers curl %j', async (options) => {
    const records = await recording(async () => {
      for (const url of [article, unknown]) {
        const args = ['-sS', '-o', '/dev/null', '--noproxy', '', '-x', proxyUrl(), ...options, url]
        await promisify(execFile)('curl', args)
      }
    })
    expect(records).toEqual(bothRecorded)
  })

  it('refuses curl with another password, and says so in the log', async () => {
    const records = await recording(() =>
      promisify(execFile)('curl', [
        '-sS',
        '--noproxy',
        '',
        '-x',
        ready.proxy,
        '-U',
        'link-1:x',
        article,
      ]),
    )
    expect(records).toEqual([['unknown', article, 'refused', 407]])
  })

  it('ends with 0 on SIGTERM, although connections are open', async () => {
    const other = start(JSON.stringify(settings))
    const { proxy, frontDoors } = await whenReady(other)
    for (const url of [proxy, frontDoors['gateway'] ?? '']) {
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      await once(socket, 'connect')
    }
    other.kill('SIGTERM')
    expect(await outcome(other)).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('started wrongly', () => {
  it.each([
    ['', 'fabric: AFTERSHOCK_FABRIC is not set; '],
    ['{}', 'fabric: AFTERSHOCK_FABRIC host must be an IP address; '],
    [
      JSON.stringify({ ...settings, sites: ['file:///no/such/site.ts'] }),
      'fabric: file:///no/such/site.ts cannot be loaded: ',
    ],
    [
      JSON.stringify({ ...settings, sites: [new URL('contract.ts', import.meta.url).href] }),
      'contract.ts exports no site; ',
    ],
  ])('exits with 64 and one line: %s', async (value, line) => {
    const { code, stdout, stderr } = await outcome(start(value))
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toContain(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
