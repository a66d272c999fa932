import { expect, it } from 'vitest'
import type { StatusReading } from '../core/index.ts'
import { monotonicClock } from './clock.ts'
import { observeStatusPage } from './observers.ts'

it.each<[string, unknown, object]>([
  ['a reading', { overall: 'outage', components: { links: 'degraded' } }, {}],
  [
    'one without a state',
    { overall: undefined, components: {} },
    { error: expect.stringContaining("'undefined' for overall") },
  ],
  [
    'one with a state that is none',
    { overall: 'operational', components: { links: 'green' } },
    { error: expect.stringContaining("'green' for links") },
  ],
  ['nothing', undefined, { error: expect.stringContaining('for overall') }],
])('%s is told as what it is', async (_, returned, also) => {
  const stop = new AbortController()
  const seen: unknown[] = []
  const probe = { title: 'a page', read: () => Promise.resolve(returned as StatusReading) }
  const emit = (_kind: string, body: unknown) => {
    seen.push(body)
    stop.abort()
  }
  await observeStatusPage(probe, () => ({}) as never, emit as never, monotonicClock(), stop.signal)
  const unread = { overall: 'unknown', components: {} }
  expect(seen).toEqual([Object.keys(also).length === 0 ? returned : { ...unread, ...also }])
})
