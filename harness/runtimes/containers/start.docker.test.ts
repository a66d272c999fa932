import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { connectEngine } from './engine.ts'
import { runLabel } from './labels.ts'
import { ask, labelled, probe, startTestStack } from './testing/test-stack.ts'

describe.skipIf(!inject('docker'))('a stack of containers', () => {
  test('starts replicas that the front door spreads over, and writes what each says into a log', async () => {
    await using stack = await startTestStack([
      probe({}, { replicas: 2, resources: { cpus: 1, memoryMb: 256 } }),
    ])
    const frontDoor = stack.running.services[0]?.frontDoor
    const seen = new Set<string | null>()
    for (let i = 0; i < 4; i += 1) {
      const answer = await fetch(`${frontDoor}/healthz`)
      await answer.text()
      seen.add(answer.headers.get('x-aftershock-replica'))
    }
    expect(seen).toEqual(new Set(['probe-1', 'probe-2']))
    await stack.running[Symbol.asyncDispose]()
    const log = readFileSync(join(stack.logDir, 'probe-2.log'), 'utf8')
    expect(log).toContain('probe: SIGTERM')
    expect(await labelled(stack.runId)).toEqual([])
    expect(stack.exits).toEqual([])
  })

  test('fails at once when a container ends while it starts, with its last lines, and leaves nothing', async () => {
    const runId = `test-dying-${process.pid}`
    const failing = startTestStack([probe(), probe({ DIE: 'young' }, { name: 'weak' })], { runId })
    await expect(failing).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(
        /weak-1 ended while starting \(exit code 3\):\n.*dying as told: young/,
      ),
    })
    expect(await labelled(runId)).toEqual([])
  })

  test('that is interrupted while it starts leaves nothing', async () => {
    const runId = `test-aborted-${process.pid}`
    const interrupt = new AbortController()
    const neverReady = probe({}, { health: { path: '/nowhere', timeoutMs: 60_000 } })
    const starting = startTestStack([neverReady], { runId, signal: interrupt.signal })
    const thrown = starting.then(
      () => undefined,
      (error: unknown) => error,
    )
    const made = async () => (await labelled(runId)).some((name) => name.includes('probe-1'))
    await expect.poll(made, { timeout: 60_000 }).toBe(true)
    interrupt.abort()
    expect(await thrown).toBeInstanceOf(Error)
    expect(await labelled(runId)).toEqual([])
  })

  test('tells of a container that ends by itself later, with its last lines', async () => {
    await using stack = await startTestStack([probe()])
    const docker = await connectEngine()
    const label = [`${runLabel}=${stack.runId}`, 'dev.aftershock.part=probe-1']
    const [found] = await docker.listContainers({ filters: { label } })
    await docker.getContainer(found?.Id as string).kill()
    await expect.poll(() => stack.exits, { timeout: 10_000 }).toHaveLength(1)
    expect(stack.exits[0]).toMatchObject({
      replica: 'probe-1',
      detail: expect.stringContaining('exit code 137'),
    })
  })

  test('does not touch what another one that runs at the same time has', async () => {
    const [first, second] = await Promise.all([
      startTestStack([probe({ WHO: 'first' })]),
      startTestStack([probe({ WHO: 'second' })]),
    ])
    await using other = second
    await first[Symbol.asyncDispose]()
    expect(await ask(other.running.services[0]?.frontDoor, '/env?name=WHO')).toBe('second')
  })
})
