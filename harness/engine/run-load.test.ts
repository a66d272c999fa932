import { expect, it } from 'vitest'
import {
  FlowFailure,
  HarnessError,
  reasonsOf,
  type JournalEvent,
  type LoadTest,
  type Verdict,
} from '../core/index.ts'
import { loadResult } from '../load/test-result.ts'
import { runLoadTest, type LoadEngine } from './run-load.ts'
import { actors, flow, optionsFor } from './test-run.ts'
import { TestSystem } from './test-system.ts'

const executors = {
  users: { executor: 'constant-vus', vus: 1, duration: '1s' },
} as const

/** A load test of the system, whose load `engine` makes; `interrupt` is what Ctrl-C does. */
async function load(
  system: TestSystem,
  engine: (interrupt: () => void) => ReturnType<LoadEngine>,
  given: Partial<LoadTest> = {},
) {
  const events: JournalEvent[] = []
  const interrupts = new AbortController()
  const { stack } = system
  const profile = { executors }
  const test = {
    id: 'day',
    title: 'a day',
    stack,
    actors,
    flows: [flow('read')],
    profile,
    ...given,
  }
  const verdict = await runLoadTest(
    test,
    'file:///nowhere.ts',
    optionsFor(system, (event) => events.push(event), interrupts.signal),
    () => engine(() => interrupts.abort('SIGINT')),
  ).catch((error: unknown) => error)
  return { verdict, events, kinds: events.map(({ kind }) => kind) }
}

it.each([
  ['started', 'the system did not start: app-1 ended\n(see above)'],
  ['loaded', 'the run broke off: app-1 ended\n(see above)'],
])('what cannot be %s is told as of a run', async (what, message) => {
  const system = new TestSystem()
  const fault = new HarnessError('START_FAILED', 'app-1 ended', { hint: 'see above' })
  if (what === 'started') system.faults = { start: fault }
  const { verdict, events } = await load(system, () => Promise.reject(fault))
  expect(verdict).toBe(fault)
  expect(events.slice(-3)).toMatchObject([
    { kind: 'run.failed', code: 'START_FAILED', message: 'app-1 ended', hint: 'see above' },
    { kind: 'verdict.reached' },
    {
      kind: 'run.ended',
      verdict: { kind: 'inconclusive', reasons: [{ code: 'run-failed', message }] },
    },
  ])
})

it('an interrupted load says so before it tears down, and that its figures are of a part', async () => {
  const { verdict, events, kinds } = await load(new TestSystem(), (interrupt) => {
    interrupt()
    return Promise.resolve(loadResult(10, 0))
  })
  expect(reasonsOf(verdict as Parameters<typeof reasonsOf>[0])).toMatchObject([
    { code: 'interrupted' },
  ])
  expect(kinds.filter((kind) => kind === 'interrupted')).toHaveLength(1)
  expect(kinds.indexOf('interrupted')).toBeLessThan(kinds.indexOf('load.summary'))
  expect(events.find(({ kind }) => kind === 'load.summary')).toMatchObject({ interrupted: true })
  expect(kinds.at(-1)).toBe('run.ended')
})

it.each([
  ['acts in the load', 'reader', 'inconclusive', ['no load: a reader could not sign in: refused']],
  ['acts in no flow', 'nobody', 'pass', []],
])('an actor who %s and cannot sign in', async (_, id, kind, messages) => {
  const reader = {
    id,
    title: `a ${id}`,
    headers: {},
    prepare: () => Promise.reject(new FlowFailure('500', 'refused')),
  }
  const given = {
    actors: [...actors, reader],
    flows: [flow('read', { actors: ['web', 'reader'] })],
  }
  const { verdict, events } = await load(
    new TestSystem(),
    () => Promise.resolve(loadResult(1, 0)),
    given,
  )
  expect(verdict).toMatchObject({ kind })
  expect(reasonsOf(verdict as Verdict).map(({ message }) => message)).toEqual(messages)
  expect(events.some((event) => event.kind === 'load.summary')).toBe(kind === 'pass')
})

it('an actor whose own code throws is named, and what to do', async () => {
  const reader = {
    id: 'reader',
    title: 'a reader',
    headers: {},
    prepare: () => Promise.reject(new TypeError('x is not a function')),
  }
  const { verdict } = await load(new TestSystem(), () => Promise.resolve(loadResult(1, 0)), {
    actors: [...actors, reader],
  })
  expect(verdict).toMatchObject({
    code: 'START_FAILED',
    message: 'a reader could not sign in: x is not a function',
  })
})

it('what links carried under load is told, and how much a service made of it', async () => {
  const none = { answers: {}, errors: 0, abandoned: 0, latency: [] }
  const counts = (users: number, asked: number) => [
    { ...none, from: 'actor', to: 'gateway', requests: users },
    { ...none, from: 'gateway-1', to: 'media', requests: asked },
  ]
  let told = counts(5, 5)
  class CountingSystem extends TestSystem {
    override async start(...given: Parameters<TestSystem['start']>) {
      return { ...(await super.start(...given)), counted: () => Promise.resolve(told) }
    }
  }
  const { events } = await load(new CountingSystem(), () => {
    told = counts(15, 35)
    return Promise.resolve(loadResult(10, 0))
  })
  expect(events.find(({ kind }) => kind === 'load.summary')).toMatchObject({
    links: [
      { from: 'actors', to: 'gateway', requests: 10 },
      { from: 'gateway', to: 'media', requests: 30, amplification: 3 },
    ],
  })
})
