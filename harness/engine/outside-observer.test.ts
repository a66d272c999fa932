import { setTimeout as delay } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { HarnessError, type OutsideRecord } from '../core/index.ts'
import { OutsideObserver } from './observers.ts'
import type { RunningStack } from './ports.ts'

const request = { from: 'app-1', method: 'GET', url: 'http://news.example/' }
const record: OutsideRecord = { seq: 1, atMs: 5, outcome: 'answered', ...request }

/** What the observer of such an outside world writes down when it is closed. */
async function closed(outside: RunningStack['outside'], patienceMs?: number) {
  const told: unknown[] = []
  const emit = (kind: string, body: object) => void told.push([kind, body])
  const stack = { outside } as RunningStack
  const observer = new OutsideObserver(stack, emit, patienceMs)
  await observer.close()
  return { told, requests: observer.requests }
}

it('writes down what a site did beside its answers as such, and as no request', async () => {
  const note = 'handler threw: Error: late'
  const { told, requests } = await closed(() =>
    Promise.resolve([record, { ...record, seq: 2, note, isAside: true }]),
  )
  expect(requests).toBe(1)
  expect(told).toEqual([
    ['outside', { seq: 1, askedAt: 5, outcome: 'answered', ...request }],
    ['site.failed', { failedAt: 5, request, message: 'Error: late' }],
  ])
})

it('takes silence for a failure of a site', async () => {
  const silent: RunningStack['outside'] = async (_after, signal) => {
    try {
      return await delay(60_000, [], { signal })
    } catch {
      throw new HarnessError('ABORTED', 'aborted', { cause: signal.reason })
    }
  }
  const { told } = await closed(silent, 20)
  expect(told).toMatchObject([
    ['site.failed', { message: expect.stringContaining('kept silent for 0.02 s') as string }],
  ])
})

it('throws what says that the outside world is gone', async () => {
  const gone = () => Promise.reject(new HarnessError('FABRIC_FAILED', 'got no answer'))
  await expect(closed(gone)).rejects.toThrow('got no answer')
})
