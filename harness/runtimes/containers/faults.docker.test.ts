import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Fault, InjectedFault } from '../../core/index.ts'
import { linkFault, partition, pressureFault, serviceFault } from '../../faults/index.ts'
import { connectEngine } from './engine.ts'
import { runLabel } from './labels.ts'
import { ask, probe, startTestStack, type TestStack } from './testing/test-stack.ts'

const never = new AbortController().signal
const configPath = '/data/write-me'

describe.skipIf(!inject('docker'))('faults of containers', () => {
  let stack: TestStack

  beforeAll(async () => {
    stack = await startTestStack([
      probe({ CONFIG_PATH: configPath }, { replicas: 2, dataMb: 8, resources: { memoryMb: 200 } }),
    ])
  })

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]()
  })

  const strike = (fault: Fault): Promise<InjectedFault> => {
    expect(fault.validate(stack.spec)).toEqual([])
    return fault.inject(stack.running, never, () => undefined)
  }
  const container = async (part: string) => {
    const docker = await connectEngine()
    const label = [`${runLabel}=${stack.runId}`, `dev.aftershock.part=${part}`]
    const [found] = await docker.listContainers({ all: true, filters: { label } })
    return docker.getContainer(found?.Id as string).inspect()
  }
  const stateOf = async (part: string) => (await container(part)).State.Status
  const frontDoor = () => stack.running.services[0]?.frontDoor as string
  /** Two in a row reach both replicas. */
  const askBoth = async () => (await Promise.all([0, 1].map(askOne))).map(({ status }) => status)
  const askOne = async () => {
    try {
      const limit = AbortSignal.timeout(20_000)
      const answer = await fetch(`${frontDoor()}/healthz`, { signal: limit })
      return { status: answer.status, text: await answer.text() }
    } catch (error) {
      return { status: (error as Error).name, text: '' }
    }
  }

  test.each([
    ['kill', 'exited'],
    ['stop', 'exited'],
    ['pause', 'paused'],
  ] as const)('%s of one replica, which is back afterwards', async (action, state) => {
    const injected = await strike(serviceFault('f', { replica: 'probe-2', action }))
    expect(await stateOf('probe-2')).toBe(state)
    expect(await stateOf('probe-1')).toBe('running')
    // As where a program ends and its machine does not: nobody waits for an address that is gone.
    if (state === 'exited') {
      const answers = await Promise.all([askOne(), askOne()])
      expect(answers.map(({ text }) => text).join()).toContain('ECONNREFUSED')
    }
    await injected.heal(never)
    expect(await stateOf('probe-2')).toBe('running')
    expect(await askBoth()).toEqual([200, 200])
    // Nobody else ended it.
    expect(stack.exits).toEqual([])
  })

  test('kill of every replica at once leaves what they stored', async () => {
    const injected = await strike(serviceFault('f', { service: 'probe', action: 'kill' }))
    expect([await stateOf('probe-1'), await stateOf('probe-2')]).toEqual(['exited', 'exited'])
    expect(await askBoth()).not.toContain(200)
    await injected.heal(never)
    expect(await askBoth()).toEqual([200, 200])
  })

  test('a crash loop comes and goes until it is healed, and is taken for no other end', async () => {
    const told: string[] = []
    const fault = serviceFault('f', {
      replica: 'probe-2',
      action: 'crash-loop',
      upMs: 200,
      downMs: 200,
    })
    const injected = await fault.inject(stack.running, never, (text) => told.push(text))
    await expect
      .poll(() => told.filter((text) => text === 'probe-2 was killed').length, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(2)
    expect(told[0]).toBe('probe-2 is up')
    await injected.heal(never)
    expect(await stateOf('probe-2')).toBe('running')
    expect(await askBoth()).toEqual([200, 200])
    expect(stack.exits).toEqual([])
  })

  test('restart takes one after the other', async () => {
    const injected = await strike(serviceFault('f', { service: 'probe', action: 'restart' }))
    expect(injected.explain).toHaveLength(2)
    await injected.heal(never)
    expect(await askBoth()).toEqual([200, 200])
  })

  test('too little processor and memory, and what it had afterwards', async () => {
    const before = (await container('probe-1')).HostConfig
    const fault = pressureFault('f', { replica: 'probe-1', cpus: 0.05, memoryMb: 150 })
    const injected = await strike(fault)
    const under = (await container('probe-1')).HostConfig
    expect([under.CpuQuota, under.Memory]).toEqual([5_000, 150 * 2 ** 20])
    await injected.heal(never)
    const after = (await container('probe-1')).HostConfig
    expect([after.CpuQuota, after.Memory]).toEqual([-1, before.Memory])
  })

  test('a full disk takes nothing more, and does when it is healed', async () => {
    const write = (name: string) =>
      ask(stack.running.services[0]?.replicas[0]?.url, `/write?path=/data/${name}`)
    // Also one on which nothing is yet.
    const injected = await strike(pressureFault('f', { service: 'probe', diskFull: true }))
    expect(await write('meanwhile')).toBe('ENOSPC')
    await injected.heal(never)
    expect(await write('after')).toBe(null)
  })

  test('toxics and partitions strike what passes the fabric', async () => {
    const down = await strike(linkFault('f', { to: 'probe', toxics: [{ type: 'down' }] }))
    expect(await askBoth()).not.toContain(200)
    await down.heal(never)
    expect(await askBoth()).toEqual([200, 200])
    const status = {
      type: 'status',
      attributes: { status: 503 },
      match: { path: '/healthz' },
    } as const
    const answers = await strike(linkFault('f', { to: 'probe', toxics: [status] }))
    expect(await askBoth()).toEqual([503, 503])
    await answers.heal(never)
    const cut = await strike(partition('f', { replica: 'probe-2', from: ['users'] }))
    const limited = await fetchAll(frontDoor())
    expect(limited.map(String).toSorted()).toEqual(['200', 'TimeoutError'])
    await cut.heal(never)
    expect(await askBoth()).toEqual([200, 200])
  })
})

/** Two in a row, for which nobody waits for long. */
function fetchAll(frontDoor: string): Promise<(number | string)[]> {
  return Promise.all(
    [0, 1].map(() =>
      fetch(`${frontDoor}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
        ({ status }) => status,
        (error: Error) => error.name,
      ),
    ),
  )
}
