import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FlowFailure, type EventBody, type JournalKind, type SampleRecord } from '../core/index.ts'
import { Sampler, type SamplerOptions } from './sampler.ts'

const exchange = { method: 'GET', url: 'http://a.test/', requestHeaders: {}, durationMs: 1 }

test('what begins after a step by hand has its exchange, however much failed before and meanwhile', async () => {
  const samples: SampleRecord[] = []
  const waiting: PromiseWithResolvers<never>[] = []
  const sampler = new Sampler({
    cells: [{ flow: 'read', actor: 'web' }],
    flows: [
      {
        id: 'read',
        title: 'read',
        actors: ['web'],
        run: () => {
          const flow = Promise.withResolvers<never>()
          waiting.push(flow)
          return flow.promise
        },
      },
    ],
    actors: [{ id: 'web', title: 'web', headers: {} }],
    clientFor: () => ({}) as never,
    clock: { now: () => performance.now(), sleep: async () => {} },
    emit: <K extends JournalKind>(_: K, body: EventBody<K>) =>
      void samples.push(body as unknown as SampleRecord),
    concurrency: 1,
    idlePauseMs: 0,
    seed: 1,
  } as unknown as SamplerOptions)
  const failNext = async () => {
    const before = samples.length
    while (waiting.length === 0) await delay(1)
    waiting.shift()?.reject(new FlowFailure('503', 'down', exchange))
    while (samples.length === before) await delay(1)
    while (waiting.length === 0) await delay(1)
    return samples.at(-1)?.exchange !== undefined
  }
  sampler.start()
  expect([await failNext(), await failNext(), await failNext()]).toEqual([true, true, false])
  sampler.keepAnew()
  expect([await failNext(), await failNext(), await failNext(), await failNext()]).toEqual([
    false,
    true,
    true,
    false,
  ])
  await sampler.stop()
})
