import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { envChange, fileChange, imageChange, resourceChange } from '../../changes/index.ts'
import type { Change, ContainerPort } from '../../core/index.ts'
import type { RunningReplica } from '../../engine/index.ts'
import { connectEngine } from './engine.ts'
import { runLabel } from './labels.ts'
import { ask, probe, startTestStack, type TestStack } from './testing/test-stack.ts'

const never = new AbortController().signal
const configPath = '/data/write-me'

describe.skipIf(!inject('docker'))('a change of containers', () => {
  let stack: TestStack
  let replica: RunningReplica & { readonly container: ContainerPort }

  beforeAll(async () => {
    stack = await startTestStack([
      probe({ GREETING: 'good day', CONFIG_PATH: configPath }, { replicas: 2 }),
    ])
    replica = stack.running.replicas[0] as typeof replica
  })

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]()
  })

  const frontDoor = () => stack.running.services[0]?.frontDoor
  const askReplica = (path: string) => ask(stack.running.services[0]?.replicas[0]?.url, path)
  const container = async () => {
    const docker = await connectEngine()
    const label = [`${runLabel}=${stack.runId}`, 'dev.aftershock.part=probe-1']
    const [found] = await docker.listContainers({ filters: { label } })
    return docker.getContainer(found?.Id as string).inspect()
  }

  /** Asks the front door all the time; the number of requests, and of those that failed. */
  async function underTraffic(task: () => Promise<unknown>) {
    const over = new AbortController()
    let failures = 0
    let requests = 0
    const traffic = (async () => {
      while (!over.signal.aborted) {
        requests += 1
        const answer = await fetch(`${frontDoor()}/slow?ms=20`)
        await answer.text()
        if (!answer.ok) failures += 1
      }
    })()
    await task()
    over.abort()
    await traffic
    return { requests, failures }
  }

  async function applyAndUndo(change: Change, whileApplied: () => Promise<void>): Promise<void> {
    const before = await replica.container.fingerprint(never)
    const applied = await change.apply(replica, never)
    expect(applied.explain).not.toEqual([])
    expect(await replica.container.fingerprint(never)).not.toBe(before)
    await whileApplied()
    await applied.undo(never)
    expect(await replica.container.fingerprint(never)).toBe(before)
  }

  test('sets and takes away environment variables, and the front door loses no request', async () => {
    const change = envChange('greet', {
      service: 'probe',
      env: { GREETING: 'hello', EXTRA: '1', CONFIG_PATH: null },
    })
    const traffic = await underTraffic(() =>
      applyAndUndo(change, async () => {
        expect(await askReplica('/env?name=GREETING')).toBe('hello')
        expect(await askReplica('/env?name=EXTRA')).toBe('1')
        expect(await askReplica('/env?name=CONFIG_PATH')).toBeNull()
      }),
    )
    expect(await askReplica('/env?name=GREETING')).toBe('good day')
    expect(await askReplica('/env?name=EXTRA')).toBeNull()
    expect(traffic.requests).toBeGreaterThan(20)
    expect(traffic.failures).toBe(0)
  })

  test('runs another image, which may be built for it, and leaves no volume of it', async () => {
    const context = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
    const { image } = replica.container.settings
    writeFileSync(join(context, 'Dockerfile'), `FROM ${image}\nENV RELEASE=2\nVOLUME /kept\n`)
    let kept = ''
    const change = imageChange('release', { service: 'probe', image: { context } })
    await applyAndUndo(change, async () => {
      expect(await askReplica('/env?name=RELEASE')).toBe('2')
      const { Mounts } = await container()
      kept = Mounts.find(({ Destination }) => Destination === '/kept')?.Name ?? ''
    })
    const volume = (await connectEngine()).getVolume(kept)
    await expect(volume.inspect()).rejects.toMatchObject({ statusCode: 404 })
    expect(await askReplica('/env?name=RELEASE')).toBeNull()
    rmSync(context, { recursive: true })
  })

  test('limits CPU and memory', async () => {
    const change = resourceChange('squeeze', {
      service: 'probe',
      resources: { cpus: 0.5, memoryMb: 128 },
    })
    await applyAndUndo(change, async () => {
      const { HostConfig } = await container()
      expect(HostConfig.NanoCpus).toBe(500_000_000)
      expect(HostConfig.Memory).toBe(128 * 2 ** 20)
    })
    const { HostConfig } = await container()
    expect(HostConfig.Memory).toBe(0)
  })

  test('rewrites a file and has it read by a signal; it stays written in a container that is made anew', async () => {
    await askReplica(`/write?path=${configPath}`)
    const change = fileChange('rewrite', {
      service: 'probe',
      path: configPath,
      content: [{ find: 'x', replace: 'y' }],
      reload: { signal: 'SIGHUP' },
    })
    await applyAndUndo(change, async () => {
      expect(await askReplica('/config')).toBe('y')
      await replica.container.recreate({}, never)
      expect(await askReplica('/config')).toBe('y')
    })
    expect(await askReplica('/config')).toBe('x')
  })

  test('rewrites a file and restarts', async () => {
    const change = fileChange('rewrite', {
      service: 'probe',
      path: configPath,
      content: 'all new',
      reload: 'restart',
    })
    await applyAndUndo(change, async () => {
      expect(await askReplica('/config')).toBe('all new')
    })
  })

  test('that the program does not bear is refused, with its last words, and leaves all as it was', async () => {
    const before = await replica.container.fingerprint(never)
    const change = envChange('kill', { service: 'probe', env: { DIE: 'of shame' } })
    await expect(change.apply(replica, never)).rejects.toMatchObject({
      code: 'CONFIG_REFUSED',
      message: expect.stringContaining('dying as told: of shame'),
    })
    expect(await replica.container.fingerprint(never)).toBe(before)
    expect(await askReplica('/env?name=DIE')).toBeNull()
  })

  test('whose reload command fails is refused with what it wrote, and the file is as before', async () => {
    const change = fileChange('rewrite', {
      service: 'probe',
      path: configPath,
      content: 'nonsense',
      reload: { command: ['node', '-e', 'console.log("no sense"); process.exit(4)'] },
    })
    await expect(change.apply(replica, never)).rejects.toMatchObject({
      code: 'CONFIG_REFUSED',
      message: expect.stringContaining('ended with 4: no sense'),
    })
    const content = await replica.container.readFile(configPath, never)
    expect(new TextDecoder().decode(content)).toBe('x')
  })

  test('is no end of a replica that anybody is told of', () => {
    expect(stack.exits).toEqual([])
  })
})
