import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../core/index.ts'
import { startInOrder } from './start-in-order.ts'

function service(name: string, ...startsAfter: readonly string[]): ServiceSpec {
  return {
    name,
    replicas: 1,
    run: { kind: 'command', command: 'node', args: [] },
    ports: ['http'],
    health: { path: '/' },
    startsAfter,
    connects: [],
  }
}

/** What was started, in order, and what was ready. */
async function orderOf(services: readonly ServiceSpec[], failing?: string) {
  const seen: string[] = []
  const replicas = services.map(({ name }) => ({
    service: name,
    start: async () => {
      seen.push(`${name} starts`)
      await new Promise((resolve) => setImmediate(resolve))
      if (name === failing) throw new Error(`${name} fails`)
      seen.push(`${name} is ready`)
    },
  }))
  const error = await startInOrder(services, replicas).catch((reason: unknown) => reason)
  return { seen, error }
}

test('services that wait for none start at once, others when all that they wait for are ready', async () => {
  const { seen } = await orderOf([service('web', 'api', 'db'), service('api', 'db'), service('db')])
  expect(seen).toEqual([
    'db starts',
    'db is ready',
    'api starts',
    'api is ready',
    'web starts',
    'web is ready',
  ])
  const together = await orderOf([service('a'), service('b')])
  expect(together.seen.slice(0, 2)).toEqual(['a starts', 'b starts'])
})

test('what waits for one that fails is not started, and that failure is told', async () => {
  const { seen, error } = await orderOf([service('web', 'db'), service('db')], 'db')
  expect(seen).toEqual(['db starts'])
  expect(error).toEqual(new Error('db fails'))
})
