import { describe, expect, it } from 'vitest'

import { abortProblems, AbortConditions } from './abort-conditions.ts'
import { breaksReading, flow, harmless, run } from './test-run.ts'
import { TestSystem } from './test-system.ts'
import { at, wait } from '../core/index.ts'

/** Reading is broken, and the scenario says so; the run would go on for a minute. */
const broken = {
  steps: [breaksReading],
  expect: { kind: 'reproduces', broken: [{ flows: ['read'] }] },
} as const

describe('a threshold that ends the run', () => {
  it('does so while a step is watched, undoes, and fails with its figures', async () => {
    const { codes, reasons, of } = await run(new TestSystem(), {
      ...broken,
      steps: [breaksReading, wait('long', 600_000)],
      flows: [flow('read'), flow('post', { run: () => new Promise(() => undefined) })].slice(0, 1),
      safety: {
        thresholds: { 'checks{flow:read}': [{ threshold: 'rate>0.5', abortOnFail: true }] },
      },
    })
    expect(codes).toContain('threshold')
    expect(reasons.join()).toContain('the threshold checks{flow:read}: rate>0.5 was crossed (0')
    expect(of('safety.judged').some(({ aborted }) => aborted)).toBe(true)
    expect(of('change.undone')).toHaveLength(1)
    expect(of('change.applied').map((event) => event.change)).not.toContain('long')
  })

  it.each([wait('long', 600_000), at(600_000, { ...breaksReading, name: 'late' })])(
    'does so while nobody watches: $kind',
    async (step) => {
      const system = new TestSystem()
      const { reasons, of } = await run(
        system,
        {
          steps: [harmless, step],
          safety: { thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true }] } },
          judgement: { windowMs: 700 },
        },
        {
          onEvent(event) {
            if (event.kind !== 'window.closed' || event.window.id !== 'change:1') return
            for (const { config } of system.replicas) config.document = { refuses: ['read'] }
          },
        },
      )
      expect(reasons.join()).toContain('the threshold checks: rate>0.9 was crossed')
      expect(of('change.applied').map((event) => event.change)).toEqual(['harmless'])
      expect(of('change.undone').map((event) => event.change)).toEqual(['harmless'])
    },
  )

  it('does not before delayAbortEval is over', async () => {
    const { of } = await run(new TestSystem(), {
      ...broken,
      safety: {
        thresholds: {
          checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '10m' }],
        },
      },
    })
    expect(of('safety.judged').map(({ aborted, outcome }) => [aborted, outcome])).toEqual([
      [false, 'crossed'],
    ])
  })

  it('counts nothing of the time before the first step', async () => {
    const { verdict, of } = await run(new TestSystem(), {
      steps: [harmless],
      safety: { thresholds: { checks: ['rate==1'], 'iterations{actor:web}': ['count>0'] } },
    })
    expect(verdict).toEqual({ kind: 'pass' })
    expect(of('safety.judged').map(({ outcome }) => outcome)).toEqual(['holds', 'holds'])
  })
})

it('without data is inconclusive', async () => {
  const { codes } = await run(new TestSystem(), {
    safety: { thresholds: { 'checks{flow:nobody}': ['rate>0.5'] } },
  })
  expect(codes).toEqual(['no-data'])
})

it.each([
  ['p(50)<3', 2.5],
  ['avg<3', 3.25],
  ['max<3', 7],
  ['min<3', 1],
  ['med<3', 2.5],
])('iteration_duration %s reads %d', (threshold, value) => {
  const conditions = new AbortConditions({ iteration_duration: [threshold] })
  conditions.begin(0)
  const durations = [3, 1, 2, 7]
  for (const durationMs of durations) {
    const cell = { flow: 'read', actor: 'web', window: 'w', ok: true }
    conditions.listen({ kind: 'sample', atMs: 10, startMs: 1, durationMs, ...cell })
  }
  expect(conditions.results()[0]?.value).toBe(value)
})

it.each([
  [{ chekcs: ['rate>0.5'] }, "'chekcs' is no metric"],
  [{ checks: ['p(95)<3'] }, "'p(95)<3' does not suit checks"],
  [{ http_reqs: ['count>3'] }, 'is not measured in a run'],
  [{ 'checks{executor:a}': ['rate>0.5'] }, 'is not measured in a run'],
])('%j is refused', (given, message) => {
  expect(abortProblems(given)[0]?.message).toContain(message)
})
