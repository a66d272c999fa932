import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { connectEngine, type Docker } from './engine.ts'
import { askUrl, untilHealthy } from './healthy.ts'
import { machineId, machineLabel, runLabel } from './labels.ts'
import { sweep } from './sweep.ts'
import { ask, probe, startTestStack, type TestStack } from './testing/test-stack.ts'

const httpPort = 8080
const udpPort = 9999

/**
 * Ways out of a sealed stack, each tried against a listener of this test on another network of this machine, and on this machine itself.
 * The control is a container of the same image that is not sealed: it gets there, so the listener can be reached.
 */
describe.skipIf(!inject('docker'))('a service in a sealed stack', () => {
  const outsideRun = `test-outside-${randomBytes(4).toString('hex')}`
  const host = createServer((_, answer) => answer.end('this machine'))
  let docker: Docker
  let stack: TestStack
  /** URLs of the probes. */
  let sealed: string
  let control: string
  let listener: string
  let gateway: string
  let hostPort: number

  beforeAll(async () => {
    docker = await connectEngine()
    host.listen(0, '0.0.0.0')
    await once(host, 'listening')
    hostPort = (host.address() as AddressInfo).port
    stack = await startTestStack([probe()], {
      sites: [new URL('testing/known-site.ts', import.meta.url).href],
    })
    sealed = stack.running.services[0]?.replicas[0]?.url as string
    const [container] = await docker.listContainers({
      filters: { label: [`${runLabel}=${stack.runId}`, 'dev.aftershock.part=probe-1'] },
    })
    const image = container?.Image as string
    const network = await docker.createNetwork({ Name: outsideRun, Labels: labels(outsideRun) })
    const settings = await network.inspect()
    gateway = settings.IPAM?.Config?.[0]?.['Gateway'] as string
    listener = (await unsealed('listener', image, { UDP_PORT: String(udpPort) })).address
    control = (await unsealed('control', image, {})).url
  })

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]()
    await sweep(docker, `${runLabel}=${outsideRun}`)
    host.close()
  })

  function labels(run: string): Record<string, string> {
    // Without a scratch directory: if this test is killed, the next run removes what it left.
    return { [runLabel]: run, [machineLabel]: `${machineId()}-test` }
  }

  async function unsealed(name: string, image: string, env: Record<string, string>) {
    const made = await docker.createContainer({
      name: `${outsideRun}-${name}`,
      Image: image,
      Env: Object.entries({ HOST: '0.0.0.0', PORT: String(httpPort), ...env }).map((e) =>
        e.join('='),
      ),
      Labels: labels(outsideRun),
      ExposedPorts: { [`${httpPort}/tcp`]: {} },
      HostConfig: {
        NetworkMode: outsideRun,
        PortBindings: { [`${httpPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
      NetworkingConfig: { EndpointsConfig: { [outsideRun]: { Aliases: [name] } } },
    })
    await made.start()
    const { NetworkSettings } = await made.inspect()
    const port = NetworkSettings.Ports[`${httpPort}/tcp`]?.[0]?.HostPort
    const url = `http://127.0.0.1:${port}`
    await untilHealthy({
      id: name,
      ...askUrl(`${url}/healthz`),
      timeoutMs: 20_000,
      ended: () => undefined,
      logSettled: () => Promise.resolve(),
      logFile: '',
      signal: new AbortController().signal,
    })
    return { url, address: NetworkSettings.Networks[outsideRun]?.IPAddress as string }
  }

  test('cannot connect to an address outside by TCP; a container that is not sealed can', async () => {
    const way = `/tcp?host=${listener}&port=${httpPort}`
    expect(await ask(control, way)).toBe('connected')
    expect(await ask(sealed, way)).not.toBe('connected')
  })

  test('hears nothing from an address outside by UDP; a container that is not sealed does', async () => {
    const way = `/udp?host=${listener}&port=${udpPort}`
    expect(await ask(control, way)).toBe('echo ping')
    expect(await ask(sealed, way)).not.toBe('echo ping')
  })

  test('finds no name outside, and the attempt is recorded; a container that is not sealed finds it', async () => {
    expect(await ask(control, '/resolve?name=listener')).toBe(listener)
    expect(await ask(sealed, '/resolve?name=listener.example')).toBe('ENOTFOUND')
    const asked = await stack.running.outside(0, AbortSignal.timeout(5_000))
    expect(asked).toContainEqual(
      expect.objectContaining({
        from: 'probe-1',
        method: 'DNS',
        url: expect.stringContaining('dns://listener.example'),
        outcome: 'refused',
      }),
    )
  })

  test('cannot reach this machine, by any of its addresses; a container that is not sealed can', async () => {
    expect(await ask(control, `/tcp?host=${gateway}&port=${hostPort}`)).toBe('connected')
    const addresses = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address)
    const tried = await Promise.all(
      [gateway, ...addresses].map((one) => ask(sealed, `/tcp?host=${one}&port=${hostPort}`)),
    )
    expect(tried).not.toContain('connected')
  })

  test('gets a refusal from the proxy for a host that no site has, and it is recorded', async () => {
    const url = encodeURIComponent('http://unknown.example/')
    expect(await ask(sealed, `/fetch?url=${url}`)).toMatchObject({ status: 502 })
    const asked = await stack.running.outside(0, AbortSignal.timeout(5_000))
    expect(asked).toContainEqual(
      expect.objectContaining({
        from: 'probe-1',
        url: 'http://unknown.example/',
        outcome: 'refused',
      }),
    )
  })

  test('finds the sites of the stack by name, and reaches them without a proxy, under TLS too', async () => {
    const wanted = { status: 200, text: 'known' }
    expect(await ask(sealed, '/direct?url=http://known.example/')).toEqual(wanted)
    expect(await ask(sealed, '/direct?url=https://known.example/')).toEqual(wanted)
    const asked = await stack.running.outside(0, AbortSignal.timeout(5_000))
    const urls = asked.filter(({ from, outcome }) => from === 'probe-1' && outcome === 'answered')
    expect(urls.map(({ url }) => url)).toEqual(['http://known.example/', 'https://known.example/'])
  })

  test('runs without rights and cannot write to its root file system', async () => {
    expect(await ask(sealed, '/whoami')).toMatchObject({ uid: 1000 })
    expect(await ask(sealed, '/write?path=/app/x')).toBe('EROFS')
    expect(await ask(sealed, '/write?path=/tmp/x')).toBeNull()
    expect(await ask(sealed, '/write?path=/data/x')).toBeNull()
  })
})
