import type { RequestListener, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Redactor, judgeThresholds, reasonsOf, type LoadProfile } from '../core/index.ts'
import {
  planLoad,
  runEmbeddedLoad,
  type LiveLoad,
  type LoadRequest,
  type LoadResult,
} from './embedded.ts'
import { actors, flows } from './fixtures/flows.ts'
import { judgeLoad } from './judge-load.ts'
import { serve, type TestServer } from './test-server.ts'
import { unreachedText } from './trial.ts'

// Threads take seconds to start where the machine is busy.
vi.setConfig({ testTimeout: 60_000 })

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

const onlyRead = [{ flow: 'read', actor: 'web' }]
/** For servers that never answer. */
const patient = flows.map((flow) => ({ ...flow, timeoutMs: 600_000 }))
/** They fail soon there. */
const short = flows.map((flow) => ({ ...flow, timeoutMs: 200 }))
const ok: RequestListener = (_, response) => void response.end('fine')

async function load(
  answer: RequestListener,
  profile: LoadProfile,
  given: Partial<LoadRequest> = {},
): Promise<{ result: LoadResult; server: TestServer }> {
  const server = stack.use(await serve(answer))
  const result = await runEmbeddedLoad({
    profile,
    flows,
    actors,
    frontDoors: { gateway: server.url },
    entry: 'gateway',
    proxyUrl: 'http://actor:password@127.0.0.1:9',
    redactor: new Redactor(),
    seed: 7,
    signal: new AbortController().signal,
    ...given,
  })
  return { result, server }
}

const count = (result: LoadResult, metric: 'iterations' | 'http_reqs' | 'dropped_iterations') =>
  result.metrics.read(metric, {}, { kind: 'count' }) ?? 0

describe('each executor', () => {
  it.each<[string, LoadProfile['executors'][string], number]>([
    [
      'constant-arrival-rate',
      { executor: 'constant-arrival-rate', rate: 200, duration: '500ms', preAllocatedVUs: 100 },
      100,
    ],
    [
      'ramping-arrival-rate',
      {
        executor: 'ramping-arrival-rate',
        stages: [{ target: 200, duration: '500ms' }],
        preAllocatedVUs: 50,
      },
      50,
    ],
    ['per-vu-iterations', { executor: 'per-vu-iterations', vus: 3, iterations: 4 }, 12],
    ['shared-iterations', { executor: 'shared-iterations', vus: 3, iterations: 10 }, 10],
  ])('%s performs its flows exactly', async (_name, executor, wanted) => {
    const { result, server } = await load(ok, { executors: { a: executor } })
    expect(count(result, 'iterations')).toBe(wanted)
    expect(server.asked).toHaveLength(wanted)
    expect(count(result, 'dropped_iterations')).toBe(0)
  })

  it.each<[string, LoadProfile['executors'][string]]>([
    ['constant-vus', { executor: 'constant-vus', vus: 3, duration: '1h' }],
    [
      'ramping-vus',
      {
        executor: 'ramping-vus',
        startVUs: 0,
        stages: [
          { target: 3, duration: '200ms' },
          { target: 3, duration: '1h' },
        ],
      },
    ],
  ])(
    '%s has no more users than it says, each with one flow after the other',
    async (_name, executor) => {
      const stop = new AbortController()
      let open = 0
      let answered = 0
      let most = 0
      const { result } = await load(
        (_, response) => {
          open += 1
          most = Math.max(most, open)
          setTimeout(() => {
            open -= 1
            answered += 1
            response.end('fine')
            // However long it takes until all of them were there and have come back.
            if (most >= 3 && answered >= 12) stop.abort()
          }, 5)
        },
        { executors: { a: executor }, thinkTime: '1ms' },
        { signal: stop.signal },
      )
      expect(most).toBe(3)
      expect(count(result, 'iterations')).toBeGreaterThan(3)
    },
  )
})

it('users take time to think, and arrivals none', () => {
  const users = { executor: 'constant-vus', duration: '1s' } as const
  const open = { ...users, executor: 'constant-arrival-rate', rate: 1, preAllocatedVUs: 1 } as const
  const executors = { users, slow: { ...users, thinkTime: '9s' }, open }
  const planned = planLoad({ executors, thinkTime: '3s' }, { flows, actors })
  expect(planned.map(({ thinkTime }) => thinkTime)).toEqual(['3s', '9s', undefined])
})

it('the same seed performs the same flows by the same actors, in threads as well', async () => {
  const executors = { a: { executor: 'shared-iterations', vus: 1, iterations: 40 } } as const
  const order = async (given: Partial<LoadRequest>) => {
    const { server } = await load(ok, { executors }, given)
    return server.asked.map(
      ({ url, headers }) => `${url} ${String(headers['x-app-key'] ?? 'mobile')}`,
    )
  }
  const first = await order({})
  const module = new URL('fixtures/flows.ts', import.meta.url).href
  expect(await order({ module, threads: 1 })).toEqual(first)
  expect(await order({ seed: 8 })).not.toEqual(first)
  expect(new Set(first).size).toBe(3)
})

it('threads share the arrivals, and each flow is performed once', async () => {
  const module = new URL('fixtures/flows.ts', import.meta.url).href
  const executors = {
    a: { executor: 'constant-arrival-rate', rate: 200, duration: '500ms', preAllocatedVUs: 400 },
  } as const
  const { result, server } = await load(
    ok,
    { executors, mix: [{ flow: 'post' }] },
    { module, threads: 2 },
  )
  expect(count(result, 'iterations')).toBe(100)
  expect(server.asked).toHaveLength(100)
})

it('a stall is shown in full: latency counts from the intended start', async () => {
  let stalledUntil = 0
  const stall = 500
  const { result } = await load(
    (_, response) => {
      stalledUntil ||= performance.now() + stall
      setTimeout(() => response.end('fine'), Math.max(0, stalledUntil - performance.now()))
    },
    {
      executors: {
        a: { executor: 'constant-arrival-rate', rate: 100, duration: '1s', preAllocatedVUs: 200 },
      },
      mix: onlyRead,
      // So few that most wait for one.
      connections: 2,
    },
  )
  expect(count(result, 'iterations')).toBe(100)
  // Half of the flows are due in the stall, evenly: a quarter of all take more than half of it. A slow machine adds to that.
  const p75 = result.metrics.read('iteration_duration', {}, { kind: 'p', percentile: 75 }) ?? 0
  expect(p75).toBeGreaterThan(stall / 2 - 20)
})

it('waiting for a free connection is measured', async () => {
  const { result } = await load((_, response) => void setTimeout(() => response.end('fine'), 50), {
    executors: { a: { executor: 'shared-iterations', vus: 2, iterations: 2 } },
    mix: onlyRead,
    connections: 1,
  })
  expect(result.metrics.read('http_req_blocked', {}, { kind: 'max' })).toBeGreaterThan(25)
})

it('what would start beyond maxVUs is dropped and counted, never started later', async () => {
  const stop = new AbortController()
  let asked = 0
  let dropped = 0
  const { result, server } = await load(
    () => void (asked += 1),
    {
      executors: {
        a: {
          executor: 'constant-arrival-rate',
          rate: 100,
          duration: '300ms',
          preAllocatedVUs: 4,
        },
      },
      mix: onlyRead,
      thresholds: {
        dropped_iterations: ['count<10'],
        'iteration_duration{flow:post}': ['p(95)<1'],
      },
    },
    {
      flows: patient,
      signal: stop.signal,
      onSecond: (second) => {
        dropped += second.dropped
        if (asked === 4 && dropped >= 26) stop.abort()
      },
    },
  )
  expect(count(result, 'dropped_iterations')).toBe(26)
  expect(server.asked).toHaveLength(4)
  expect(result.metrics.cut).toBe(4)
  expect(result.thresholds).toEqual([
    { text: 'dropped_iterations: count<10', outcome: 'crossed', value: 26 },
    { text: 'iteration_duration{flow:post}: p(95)<1', outcome: 'no-data' },
  ])
})

it('what is not done after the graceful stop is cut off, and counted as neither', async () => {
  const { result } = await load(
    () => undefined,
    {
      executors: { a: { executor: 'shared-iterations', maxDuration: '50ms', gracefulStop: '1ms' } },
    },
    { flows: patient },
  )
  expect([result.metrics.cut, count(result, 'iterations')]).toEqual([1, 0])
})

it('the graceful stop of an executor cuts off nothing of another', async () => {
  let asked = 0
  const { result } = await load(
    (request, response) => {
      if (request.url === '/post') return
      // Its flows go on while those of the other one are cut off.
      setTimeout(() => response.end('fine'), (asked += 1) === 1 ? 300 : 0)
    },
    {
      executors: {
        cut: {
          executor: 'per-vu-iterations',
          maxDuration: '50ms',
          gracefulStop: '0s',
          mix: [{ flow: 'post' }],
        },
        other: { executor: 'shared-iterations', iterations: 3, mix: onlyRead },
      },
    },
    { flows: patient },
  )
  expect(result.metrics.cut).toBe(1)
  expect(result.metrics.read('iterations', { executor: 'other' }, { kind: 'count' })).toBe(3)
  expect(result.metrics.read('checks', { executor: 'other' }, { kind: 'rate' })).toBe(1)
})

it('what maxDuration leaves no time for is dropped, which no interrupt does', async () => {
  const executors = {
    shared: { executor: 'shared-iterations', vus: 2, iterations: 100, maxDuration: '50ms' },
    each: { executor: 'per-vu-iterations', vus: 2, iterations: 50, maxDuration: '50ms' },
  } as const
  const { result } = await load(() => undefined, { executors }, { flows: short })
  expect(count(result, 'dropped_iterations') + count(result, 'iterations')).toBe(200)
  expect(count(result, 'dropped_iterations')).toBeGreaterThan(100)
  expect(unreachedText(result)).toMatch(/of 200 flows were dropped, since maxDuration was over/)
  const { result: interrupted } = await load(ok, { executors }, { signal: AbortSignal.abort() })
  expect(count(interrupted, 'dropped_iterations')).toBe(0)
})

it('a threshold that holds only without the flows and requests that were cut off has no data', async () => {
  const { result } = await load(
    (request, response) => void (request.url === '/read' && response.end('fine')),
    {
      executors: {
        first: { executor: 'per-vu-iterations', iterations: 10, mix: onlyRead },
        stalls: {
          executor: 'per-vu-iterations',
          vus: 10,
          maxDuration: '2s',
          gracefulStop: '0s',
          mix: [{ flow: 'post', actor: 'web' }],
        },
      },
      thresholds: {
        checks: ['rate>0.9', 'rate>0.2'],
        iteration_duration: ['p(95)<600000', 'p(10)<600000'],
        'iteration_duration{executor:first}': ['p(95)<600000'],
        http_req_failed: ['rate<0.1', 'rate<0.8'],
        http_req_duration: ['p(95)<600000', 'p(10)<600000'],
        http_req_waiting: ['p(95)<600000'],
        http_req_blocked: ['p(95)<600000'],
      },
    },
    { flows: patient },
  )
  const outcomes = result.thresholds.map(({ outcome, cut }) => `${outcome} ${cut ?? ''}`)
  const [unknown, holds] = ['no-data 10', 'holds ']
  const ofFlows = [unknown, holds, unknown, holds, holds]
  // Their connections were open: they waited for answers.
  expect(outcomes).toEqual([...ofFlows, unknown, holds, unknown, holds, unknown, holds])
  expect(judgeLoad(result)).toMatchObject({ kind: 'inconclusive' })
  // A busy machine has reasons of its own.
  const ours = reasonsOf(judgeThresholds(result.thresholds))
  expect(ours.map(({ message }) => message)).toContain(
    'http_req_failed: rate<0.1 holds only without 10 requests that were cut off at the end, after longer than most took: a longer gracefulStop lets them end',
  )
})

it('failures are counted by symptom, with an example that shows no secret', async () => {
  const { result } = await load(
    (request, response) => void response.writeHead(request.url === '/read' ? 403 : 200).end('no'),
    { executors: { a: { executor: 'shared-iterations', iterations: 30 } } },
  )
  const read = result.metrics.cells().find(({ flow, actor }) => flow === 'read' && actor === 'web')
  expect(read?.failed).toBe(read?.count)
  expect(read?.symptoms).toEqual({ 403: read?.count })
  const [example] = result.metrics.examples
  expect(example).toMatchObject({ flow: 'read', symptom: '403', exchange: { status: 403 } })
  expect(JSON.stringify(result.metrics.examples)).not.toContain('web-key-secret')
  const rate = (metric: 'checks' | 'http_req_failed', flow: string) =>
    result.metrics.read(metric, { flow }, { kind: 'rate' })
  expect([rate('checks', 'read'), rate('http_req_failed', 'read')]).toEqual([0, 1])
  expect([rate('checks', 'post'), rate('http_req_failed', 'post')]).toEqual([1, 0])
})

it('a flow that gets no answer in its time is a timeout, and its connection is not used again', async () => {
  const impatient = flows.map((flow) => ({ ...flow, timeoutMs: 60 }))
  let asked = 0
  const given = new Set<unknown>()
  let usedAgain = 0
  const { result } = await load(
    (request, response) => {
      if (given.has(request.socket)) usedAgain += 1
      if ((asked += 1) % 2 === 0) response.end('fine')
      else given.add(request.socket)
    },
    { executors: { a: { executor: 'shared-iterations', iterations: 6 } }, mix: onlyRead },
    { flows: impatient },
  )
  const { symptoms, count: all } = result.metrics.cells()[0] ?? {}
  expect(Object.keys(symptoms ?? {})).toEqual(['timeout'])
  // A slow machine makes it more, never less.
  expect(symptoms?.['timeout']).toBeGreaterThanOrEqual(3)
  expect([all, usedAgain]).toEqual([6, 0])
})

it('a threshold that may ends the load as soon as it is crossed', async () => {
  const { result } = await load((_, response) => void response.writeHead(500).end(), {
    executors: {
      a: { executor: 'constant-arrival-rate', rate: 20, duration: '1h', preAllocatedVUs: 10 },
    },
    mix: onlyRead,
    thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true }] },
  })
  expect(result.abortedBy).toBe('checks: rate>0.9')
  expect(result.thresholds[0]).toMatchObject({ outcome: 'crossed', value: 0 })
})

it.each([undefined, new URL('./fixtures/flows.ts', import.meta.url).href])(
  'an abort before it has begun ends it, too (module: %s)',
  async (module) => {
    const given = { signal: AbortSignal.abort(), ...(module === undefined ? {} : { module }) }
    const { result } = await load(
      ok,
      {
        executors: {
          a: { executor: 'constant-arrival-rate', rate: 5, duration: '1h', preAllocatedVUs: 5 },
        },
      },
      given,
    )
    expect(count(result, 'iterations')).toBe(0)
  },
)

it.each([undefined, new URL('fixtures/flows.ts', import.meta.url).href])(
  'an abort ends all of it at once, and no connection is left (module: %s)',
  async (module) => {
    const stop = new AbortController()
    const sockets = new Set<{ destroyed: boolean }>()
    const running = load(
      (request) => {
        sockets.add(request.socket)
        if (sockets.size === 3) stop.abort()
      },
      { executors: { a: { executor: 'constant-vus', vus: 3, duration: '1h' } }, mix: onlyRead },
      { signal: stop.signal, ...(module === undefined ? {} : { module, threads: 1 }) },
    )
    const { result } = await running
    expect(result.metrics.cut).toBe(3)
    for (let i = 0; [...sockets].some(({ destroyed }) => !destroyed) && i < 1_000; i += 1)
      await delay(10)
    expect([...sockets].every(({ destroyed }) => destroyed)).toBe(true)
  },
)

it('a module without the flows is a fault that says so', async () => {
  const profile = { executors: { a: { executor: 'shared-iterations' } } } as const
  await expect(load(ok, profile, { module: 'file:///nowhere/flows.ts' })).rejects.toMatchObject({
    code: 'LOAD_FAILED',
  })
})

it('a generator that is too slow says so, and still starts every flow that was due', async () => {
  let isFirst = true
  const busy = flows.map((flow) => ({
    ...flow,
    run: async () => {
      // Longer than the load lasts: all others are late by a third of it at least.
      const until = isFirst ? performance.now() + 400 : 0
      isFirst = false
      while (performance.now() < until);
    },
  }))
  const { result } = await load(
    ok,
    {
      executors: {
        a: {
          executor: 'constant-arrival-rate',
          rate: 1_000,
          duration: '300ms',
          preAllocatedVUs: 300,
        },
      },
    },
    { flows: busy },
  )
  expect(result.selfCheck.ok).toBe(false)
  expect(result.selfCheck.problems.join()).toContain('late')
  expect(count(result, 'iterations') + count(result, 'dropped_iterations')).toBe(300)
})

it('a generator whose event loop stands still now and then says so, also of users who wait for answers', async () => {
  const stalls = flows.map((flow) => ({
    ...flow,
    run: async () => {
      const until = performance.now() + 250
      while (performance.now() < until);
      await delay(200)
    },
  }))
  const { result } = await load(
    ok,
    { executors: { a: { executor: 'per-vu-iterations', iterations: 6 } } },
    { flows: stalls },
  )
  expect(result.selfCheck.problems.join()).toMatch(/event loop .* over 100 ms late/)
})

it('a generator that computes all the time says so, with the CPU that it used', async () => {
  const computes = flows.map((flow) => ({
    ...flow,
    run: async () => {
      const until = performance.now() + 20
      while (performance.now() < until);
    },
  }))
  const { result } = await load(
    ok,
    { executors: { a: { executor: 'constant-vus', duration: '1500ms' } } },
    { flows: computes },
  )
  expect(result.selfCheck.problems.join()).toMatch(/busy for over 95 % .* % of a core/)
})

it('arrivals that compute leave their turn to what is on its way, and to who looks on', async () => {
  const computes = flows.map((flow) => ({
    ...flow,
    run: async () => {
      const until = performance.now() + 15
      while (performance.now() < until);
    },
  }))
  const executor = 'constant-arrival-rate'
  const seconds: number[] = []
  const { result } = await load(
    ok,
    { executors: { a: { executor, rate: 100, duration: '2s', preAllocatedVUs: 200 } } },
    { flows: computes, onSecond: ({ started }) => seconds.push(started) },
  )
  expect(count(result, 'iterations')).toBe(200)
  expect(seconds[0]).toBeLessThan(200)
})

it('loads on the same system send nothing twice', async () => {
  const sent: unknown[] = []
  const server = stack.use(
    await serve((request, response) => {
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => {
        sent.push(JSON.parse(body))
        response.end('fine')
      })
    }),
  )
  for (const nth of [0, 1, 2]) {
    await load(
      ok,
      {
        executors: { a: { executor: 'shared-iterations', vus: 2, iterations: 6 } },
        mix: [{ flow: 'post', actor: 'web' }],
      },
      { frontDoors: { gateway: server.url }, nth },
    )
  }
  expect(sent).toHaveLength(18)
  expect(new Set(sent.map((one) => JSON.stringify(one))).size).toBe(18)
})

it('knows since when the oldest flow of a cell is under way', async () => {
  let live: LiveLoad | undefined
  let oldestMs = Infinity
  const hung: ServerResponse[] = []
  await load(
    (request, response) => {
      if (request.url === '/read' && hung.length === 0) return void hung.push(response)
      response.end('fine')
    },
    {
      executors: {
        a: { executor: 'constant-arrival-rate', rate: 20, duration: '2s', preAllocatedVUs: 50 },
      },
      mix: [{ flow: 'read', actor: 'web' }],
    },
    {
      flows: patient,
      onStart: (started) => (live = started),
      onSecond: () => {
        oldestMs = Math.min(oldestMs, live?.metrics.oldestOf({ flow: 'read', actor: 'web' }) ?? NaN)
        expect(live?.metrics.oldestOf({ flow: 'read', actor: 'mobile' })).toBe(Infinity)
        hung[0]?.end('late')
      },
    },
  )
  expect(oldestMs).toBeLessThan(1_000)
})
