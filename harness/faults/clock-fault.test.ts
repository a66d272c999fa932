import { expect, it } from 'vitest'

import type { HalfInjected, Stack, SystemPort } from '../core/index.ts'
import { clockFault } from './clock-fault.ts'

const { signal } = new AbortController()
const service = {
  name: 'gateway',
  replicas: 2,
  run: { kind: 'command' as const, command: 'node', args: [] },
  ports: ['http', 'admin'],
  health: { path: '/' },
  connects: [],
  clock: { port: 'admin', path: '/clock' },
}
const stack: Stack = { name: 's', entry: 'gateway', services: [service], sites: [] }

/** Two replicas with clocks; those in `stuck` cannot be moved. */
function system(stuck: readonly string[] = []) {
  const offsets: Record<string, number> = {}
  const replicas = ['gateway-1', 'gateway-2'].map((id) => ({
    id,
    service: 'gateway',
    config: undefined,
    clock: {
      move: (offsetMs: number) => {
        if (stuck.includes(id)) return Promise.reject(new Error(`${id} does not move`))
        offsets[id] = offsetMs
        return Promise.resolve()
      },
    },
  }))
  return { port: { replicas } as unknown as SystemPort, offsets }
}

const inject = (fault: ReturnType<typeof clockFault>, port: SystemPort) =>
  fault.inject(port, signal, () => undefined)

it('moves the clock of a replica until it is healed', async () => {
  const { port, offsets } = system()
  const fault = clockFault('f', { replica: 'gateway-2', offsetMs: -1_500 })
  expect(fault.validate(stack)).toEqual([])
  const injected = await inject(fault, port)
  expect(injected).toMatchObject({ on: ['gateway-2'], explain: ['gateway-2 is 1.5 s behind'] })
  expect(offsets).toEqual({ 'gateway-2': -1_500 })
  await injected.heal(signal)
  expect(offsets).toEqual({ 'gateway-2': 0 })
})

it.each([
  ['the later one', 0, [-1_000, 5_000, 0]],
  ['the earlier one', 1, [-1_000, -1_000, 0]],
])('two of them: with %s healed the other is in force', async (_, kept, expected) => {
  const { port, offsets } = system()
  const moved = []
  const seen = []
  for (const offsetMs of [5_000, -1_000]) {
    moved.push(await inject(clockFault('f', { replica: 'gateway-1', offsetMs }), port))
  }
  seen.push(offsets['gateway-1'])
  for (const injected of kept === 0 ? moved.toReversed() : moved) {
    await injected.heal(signal)
    seen.push(offsets['gateway-1'])
  }
  expect(seen).toEqual(expected)
})

it('that moved one of two says what is to be healed', async () => {
  const { port, offsets } = system(['gateway-2'])
  const fault = clockFault('f', { service: 'gateway', offsetMs: 1_000 })
  const half: unknown = await inject(fault, port).catch((error: unknown) => error)
  expect(half).toMatchObject({ name: 'HalfInjected', message: 'gateway-2 does not move' })
  expect(offsets).toEqual({ 'gateway-1': 1_000 })
  await expect((half as HalfInjected).injected.heal(signal)).rejects.toThrow('does not move')
  expect(offsets).toEqual({ 'gateway-1': 0 })
})

it.each([
  [{ replica: 'gateway-1', offsetMs: 0 }, 'offsetMs is 0'],
  [{ replica: 'gateway-1', offsetMs: Number.NaN }, 'offsetMs is NaN'],
  [{ replica: 'gateway-3', offsetMs: 1 }, 'gateway-3 is no replica'],
])('refuses %j', (options, problem) => {
  expect(clockFault('f', options).validate(stack).join()).toContain(problem)
})

it('refuses a service whose clock cannot be moved', () => {
  const { clock: _, ...plain } = service
  const other = { ...stack, services: [plain] }
  expect(clockFault('f', { service: 'gateway', offsetMs: 1 }).validate(other)).toEqual([
    "gateway does not let its clock be moved: name a service with 'clock'",
  ])
})
