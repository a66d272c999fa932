import { describe, expect, it, vi } from 'vitest'
import { Redactor, type LoadProfile } from '../core/index.ts'
import { runEmbeddedLoad } from './embedded.ts'
import { actors, flows } from './fixtures/stuck-flows.ts'

// A thread is given up after seconds of silence.
vi.setConfig({ testTimeout: 120_000 })

const module = new URL('fixtures/stuck-flows.ts', import.meta.url).href
const arrivals = {
  executor: 'constant-arrival-rate',
  rate: 20,
  duration: '1h',
  preAllocatedVUs: 10,
  gracefulStop: '0s',
} as const

const waits = {
  code: 'LOAD_FAILED',
  message: expect.stringMatching(
    /^the flow 'waits' does not give its thread back: no sign of it for \d+ s, busy at .*stuck-flows\.ts:21 < /,
  ) as unknown,
}

/** What a load of flows that get stuck ends with. `actor`: in place of the usual one. */
function endOf(
  profile: LoadProfile,
  { actor = actors, signal = new AbortController().signal } = {},
): Promise<unknown> {
  return runEmbeddedLoad({
    profile,
    module,
    threads: 1,
    flows,
    actors: actor,
    frontDoors: { gateway: 'http://127.0.0.1:9' },
    entry: 'gateway',
    proxyUrl: 'http://actor:password@127.0.0.1:9',
    redactor: new Redactor(),
    seed: 7,
    signal,
  }).catch((error: unknown) => error)
}

describe.concurrent('a flow that keeps its thread', () => {
  it('does not outlive its load, and is named with its line', async () => {
    const executors = { a: { ...arrivals, duration: '200ms' } }
    const mix = [{ flow: 'spins' }, { flow: 'waits', weight: 1e-9 }]
    expect(await endOf({ executors, mix })).toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringMatching(
        /^the flow 'spins' does not give its thread back: no sign of it for \d+ s, busy at spin \(.*stuck-flows\.ts:18\) < run \(.*stuck-flows\.ts:12\)$/,
      ) as unknown,
    })
  })

  it('does not keep an abort from ending the load', async () => {
    const stop = new AbortController()
    const channel = new BroadcastChannel('load-thread.test')
    channel.addEventListener('message', () => stop.abort())
    const actor = actors.map((one) => ({ ...one, headers: { 'x-channel': channel.name } }))
    const profile = { executors: { a: arrivals }, mix: [{ flow: 'waits' }] }
    expect(await endOf(profile, { actor, signal: stop.signal })).toMatchObject(waits)
    expect(stop.signal.aborted).toBe(true)
    channel.close()
  })

  it('ends a load that would go on for long', async () => {
    expect(await endOf({ executors: { a: arrivals }, mix: [{ flow: 'waits' }] })).toMatchObject(
      waits,
    )
  })
})

it('a flow that ends its process is a fault that says so', async () => {
  expect(await endOf({ executors: { a: arrivals }, mix: [{ flow: 'leaves' }] })).toMatchObject({
    code: 'LOAD_FAILED',
    message: 'a thread of load ended before its time, with 3',
  })
})

it.each([
  [
    'forgets',
    /^the flow 'forgets' did not wait for what then failed: forgotten, at forget \(.*stuck-flows\.ts:\d+\) < .*run \(.*stuck-flows\.ts:\d+\)$/,
  ],
  [
    'throws',
    /^the flow 'throws' did not wait for what then failed: thrown later, at .*late \(.*stuck-flows\.ts:\d+\)$/,
  ],
])('what a flow that %s leaves alone is told with its line', async (flow, message) => {
  expect(await endOf({ executors: { a: arrivals }, mix: [{ flow }] })).toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringMatching(message) as unknown,
  })
})
