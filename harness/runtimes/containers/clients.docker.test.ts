/** Clients that nobody wrote against this, where a service runs: curl, Python's urllib and Node's fetch, by the proxy and by DNS alone. */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { connectEngine, type Docker } from './engine.ts'
import { partLabel, runLabel } from './labels.ts'
import { probe, startTestStack, type TestStack } from './testing/test-stack.ts'

interface Client {
  readonly name: string
  /** Where this machine has it; absent: the image brings it. */
  readonly program?: string
  readonly command: (url: string) => string[]
}

const pythonCode = `
import sys, urllib.request
sys.stdout.write(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())`
const nodeCode = 'fetch(process.argv[1]).then((a) => a.text()).then((t) => process.stdout.write(t))'

const clients: readonly Client[] = [
  {
    name: 'curl',
    program: '/usr/bin/curl',
    command: (url) => ['/usr/bin/curl', '-sS', '-m', '20', url],
  },
  {
    name: "Python's urllib",
    program: '/usr/bin/python3',
    command: (url) => ['/usr/bin/python3', '-c', pythonCode, url],
  },
  { name: "Node's fetch", command: (url) => ['node', '-e', nodeCode, url] },
]
const there = clients.filter(({ program }) => program === undefined || existsSync(program))
const [curl] = clients as [Client, ...Client[]]
const signal = AbortSignal.timeout(600_000)

describe.skipIf(!inject('docker'))('a client in the place of a service', () => {
  let docker: Docker
  let stack: TestStack
  let id: string

  beforeAll(async () => {
    docker = await connectEngine()
    stack = await startTestStack([probe()], {
      sites: [new URL('testing/known-site.ts', import.meta.url).href],
    })
    const label = [`${runLabel}=${stack.runId}`, `${partLabel}=probe-1`]
    const [found] = await docker.listContainers({ filters: { label } })
    id = found?.Id as string
  })
  afterAll(() => stack?.[Symbol.asyncDispose]())

  /** Runs it with the network, the names and the variables of the service; without proxy variables when it is to go by DNS. */
  async function run(
    { program, command }: Client,
    url: string,
    way: 'proxy' | 'dns',
  ): Promise<{ readonly text: string; readonly code: number }> {
    const { Config, Image } = await docker.getContainer(id).inspect()
    const made = await docker.createContainer({
      Image,
      Entrypoint: [],
      Cmd: command(url),
      Env: Config.Env.filter((entry) => way === 'proxy' || !/^\w+_proxy=/i.test(entry)),
      Labels: { [runLabel]: stack.runId },
      // One stream of output, as it is.
      Tty: true,
      HostConfig: {
        NetworkMode: `container:${id}`,
        VolumesFrom: [id],
        // The program and what it loads are this machine's.
        Binds:
          program === undefined ? [] : ['/usr', '/lib', '/lib64'].filter(existsSync).map(readOnly),
      },
    })
    try {
      await made.start()
      const { StatusCode } = (await made.wait()) as { StatusCode: number }
      const text = await made.logs({ stdout: true, stderr: true })
      return { text: text.toString(), code: StatusCode }
    } finally {
      await made.remove({ force: true })
    }
  }

  describe.each(there)('$name', (client) => {
    test.each([
      ['dns', 'http://known.example/'],
      ['dns', 'https://known.example/'],
      ['proxy', 'https://known.example/'],
    ] as const)('by %s gets %s, and it is recorded', async (way, url) => {
      const before = (await stack.running.outside(0, signal)).length
      expect(await run(client, url, way)).toEqual({ text: 'known', code: 0 })
      const asked = (await stack.running.outside(0, signal)).slice(before)
      expect(asked).toEqual([
        expect.objectContaining({ from: 'probe-1', method: 'GET', url, status: 200 }),
      ])
    })

    test('by dns does not get a name that no site has', async () => {
      expect((await run(client, 'http://unknown.example/', 'dns')).code).not.toBe(0)
    })
  })

  // The exit codes of curl: 6 no such name, 28 timeout, 56 reset, 60 a certificate that is not right.
  test.skipIf(!there.includes(curl)).each([
    ['dns-nxdomain', 6],
    ['dns-servfail', 6],
    ['tls-expired', 60],
    ['tls-self-signed', 60],
    ['tls-wrong-host', 60],
    ['tls-hangs', 28],
    ['resets', 56],
  ])('under %s curl by dns ends with %i', async (name, code) => {
    const patient = ['/usr/bin/curl', '-sS', '-m', name === 'tls-hangs' ? '1' : '20']
    const client = { ...curl, command: (url: string) => [...patient, url] }
    await stack.running.sites.setVariant('known.example', { name }, signal)
    try {
      expect(await run(client, 'https://known.example/', 'dns')).toMatchObject({ code })
      await expect
        .poll(async () => (await stack.running.outside(0, signal)).at(-1))
        .toMatchObject({ from: 'probe-1', variant: name })
    } finally {
      await stack.running.sites.setVariant('known.example', undefined, signal)
    }
  })
})

const readOnly = (folder: string): string => `${folder}:${folder}:ro`
