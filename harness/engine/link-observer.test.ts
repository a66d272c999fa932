import { expect, it } from 'vitest'

import type { EventBody, LinkCount } from '../core/index.ts'
import { LinkObserver } from './link-observer.ts'
import type { RunningStack } from './ports.ts'

function counts(from: string, to: string, requests: number): LinkCount {
  return { from, to, requests, answers: {}, errors: 0, abandoned: 0, latency: [] }
}

/** An observer of a stack that counts what `set` says, with a clock that stands still but for sleeps. */
function observe() {
  let told: readonly LinkCount[] | Error = []
  let nowMs = 0
  const events: EventBody<'links.counted'>[] = []
  const stack = {
    replicas: ['link-1', 'link-2'].map((id) => ({ id, service: 'link', config: undefined })),
    counted: () => (told instanceof Error ? Promise.reject(told) : Promise.resolve(told)),
  } as Partial<RunningStack> as RunningStack
  const clock = {
    now: () => nowMs,
    sleep: async (durationMs: number) => {
      nowMs += durationMs
      return Promise.resolve()
    },
  }
  const emit = (kind: string, body: unknown) => {
    if (kind === 'links.counted') events.push(body as EventBody<'links.counted'>)
  }
  return {
    observer: new LinkObserver(stack, emit as never, clock),
    events,
    set: (next: readonly LinkCount[] | Error) => (told = next),
    now: () => nowMs,
  }
}

it('gives each count to the window in which it came', async () => {
  const { observer, events, set } = observe()
  set([counts('actors', 'gateway', 3)])
  await observer.enter('baseline')
  set([counts('actors', 'gateway', 10)])
  await observer.count()
  set([counts('actors', 'gateway', 12)])
  await observer.enter(undefined)
  set([counts('actors', 'gateway', 13)])
  await observer.count()
  expect(events.map(({ window, links }) => [window, links[0]?.requests])).toEqual([
    [undefined, 3],
    ['baseline', 7],
    ['baseline', 2],
    [undefined, 1],
  ])
})

it('names who asks the outside by service', async () => {
  const { observer, events, set } = observe()
  set(['link-1', 'link-2', 'actor', 'unknown'].map((from) => counts(from, 'outside', 2)))
  await observer.count()
  expect(events[0]?.links.map(({ from, requests }) => [from, requests])).toEqual([
    ['link', 4],
    ['actors', 2],
    ['unknown', 2],
  ])
})

it('loses nothing when it could not read, and says nothing when nothing passed', async () => {
  const { observer, events, set } = observe()
  set([counts('actors', 'gateway', 1)])
  await observer.count()
  set(new Error('busy'))
  await observer.count()
  set([counts('actors', 'gateway', 5)])
  await observer.count()
  await observer.count()
  expect(events.map(({ links }) => links[0]?.requests)).toEqual([1, 4])
})

it('writes ever less often, so that a day of load stays some thousand lines', async () => {
  const { observer, events, set, now } = observe()
  const stop = new AbortController()
  let requests = 0
  const running = observer.run(stop.signal)
  while (now() < 86_400_000) {
    set([counts('actors', 'gateway', (requests += 1))])
    await Promise.resolve()
  }
  stop.abort()
  await running
  expect(events.length).toBeLessThan(5_000)
  expect(events.length).toBeGreaterThan(2_000)
})
