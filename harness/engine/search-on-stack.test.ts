import { expect, it } from 'vitest'
import { reasonsOf, type EventOf, type LoadProfile, type Verdict } from '../core/index.ts'
import type { LoadResult } from '../load/index.ts'
import { crossed, loadResult, selfCheck } from '../load/test-result.ts'
import { searchOnStack } from './search-on-stack.ts'

const search = { from: 10, to: 100, stepDuration: '2s' } as const
const profile: LoadProfile = {
  executors: {
    day: {
      executor: 'constant-arrival-rate',
      rate: 1,
      timeUnit: '1m',
      duration: '5m',
      preAllocatedVUs: 5,
    },
  },
}

const good = () => loadResult(20, 0)
const bad = () => loadResult(20, 0, { thresholds: [crossed] })
const dropping = () => loadResult(15, 5)

/** On a system that `answers` so; each run takes two seconds. */
async function run(answers: (rate: number, isProbe: boolean) => LoadResult) {
  const ran: LoadProfile[] = []
  const probes: number[] = []
  let nowMs = 0
  let event: Omit<EventOf<'load.breakpoint'>, 'kind' | 'atMs'> | undefined
  const verdict: Verdict = await searchOnStack(search, {
    profile,
    run(given, { rate, isProbe = false }) {
      nowMs += 2_000
      ran.push(given)
      if (isProbe) probes.push(rate)
      return Promise.resolve(answers(rate, isProbe))
    },
    counted: () => Promise.resolve([]),
    emit: (_kind, body) => {
      event = body as typeof event
    },
    now: () => nowMs,
    signal: new AbortController().signal,
  })
  const [message = ''] = reasonsOf(verdict).map((one) => one.message)
  return { kind: verdict.kind, message, event, ran, probes }
}

it('passes with what it found, and with what broke first', async () => {
  const { kind, event, probes } = await run((rate) => (rate > 62 ? bad() : good()))
  expect(kind).toBe('pass')
  expect(event?.holdsAt).toBeLessThanOrEqual(62)
  expect(event?.breaksAt).toBeGreaterThan(62)
  expect(event?.first).toEqual([
    'checks: rate>0.99 (0.5)',
    'read as web: 0 of 20 failed, p95 200.06 ms',
  ])
  expect(new Set(probes)).toEqual(new Set([10]))
})

it('runs the executor at each rate for the time of a step', async () => {
  const { ran } = await run(good)
  const [first] = ran.map(({ executors }) => executors['day'])
  expect(first).toMatchObject({ rate: 10, timeUnit: '1s', duration: '2s', preAllocatedVUs: 5 })
})

it('fails when not even the first rate holds', async () => {
  const { kind, message } = await run(bad)
  expect([kind, message]).toEqual([
    'fail',
    'not even 10 per second holds: checks: rate>0.99 (0.5); read as web: 0 of 20 failed, p95 200.06 ms',
  ])
})

it('is inconclusive where a rate was not reached since flows were dropped', async () => {
  const { kind, message, event } = await run((rate) => (rate > 30 ? dropping() : good()))
  expect(kind).toBe('inconclusive')
  expect(event?.breaksAt).toBeUndefined()
  expect(message).toMatch(
    /^at [\d.]+ per second nothing could be told: the rate was not reached: 5 of 20/,
  )
})

it('is inconclusive, with what was seen last, where the system does not recover', async () => {
  let wasBroken = false
  const { kind, message, event, probes } = await run((rate) => {
    wasBroken ||= rate > 62
    return wasBroken ? bad() : good()
  })
  expect(kind).toBe('inconclusive')
  expect(message).toBe(
    'after 80 per second not even 10 per second held again within 60 s: checks: rate>0.99 does not hold: it is 0.5',
  )
  expect(event).toMatchObject({ holdsAt: 40, breaksAt: 80, unrecoveredAfter: 80 })
  // A minute of probes of two seconds, and the one that ends after it.
  expect(probes).toHaveLength(31)
})

const limited = () =>
  loadResult(20, 0, { selfCheck: { ...selfCheck, ok: false, problems: ['late'] } })

it('tries a rate again at which the load itself was the limit, once the system is back', async () => {
  let tries = 0
  const { kind, event, probes } = await run((rate, isProbe) => {
    if (isProbe) return good()
    tries += 1
    return tries % 3 === 0 ? (rate > 62 ? bad() : good()) : limited()
  })
  expect(kind).toBe('pass')
  expect(event?.holdsAt).toBeLessThanOrEqual(62)
  expect(event?.breaksAt).toBeGreaterThan(62)
  expect(probes.length).toBeGreaterThan(5)
})

it('gives a rate up at which the load is the limit each time', async () => {
  const { kind, message, event, ran } = await run(limited)
  expect([kind, message]).toEqual(['inconclusive', 'at 10 per second nothing could be told: late'])
  expect([event?.trials, ran.length]).toEqual([2, 6])
})
