import { expect, it } from 'vitest'

import type { LoadExecutor } from '../../core/index.ts'
import { k6Options, type K6Options } from './options.ts'

function scenario(executor: LoadExecutor) {
  return (k6Options({ executors: { one: executor } }) as K6Options).scenarios['one']
}

it.each<[string, LoadExecutor, object]>([
  [
    'a constant rate',
    { executor: 'constant-arrival-rate', rate: 50, duration: '30s', preAllocatedVUs: 100 },
    { executor: 'constant-arrival-rate', rate: 50, duration: '30s', preAllocatedVUs: 100 },
  ],
  [
    'a rate below one per second, which k6 counts in whole numbers',
    { executor: 'constant-arrival-rate', rate: 0.5, duration: 1_500, preAllocatedVUs: 1 },
    { rate: 500, timeUnit: '1000000ms', duration: '1500ms' },
  ],
  [
    'stages',
    {
      executor: 'ramping-arrival-rate',
      startRate: 1,
      timeUnit: '1m',
      stages: [{ target: 2.5, duration: '10s' }],
      preAllocatedVUs: 1,
    },
    {
      startRate: 1_000,
      timeUnit: '60000000ms',
      stages: [{ target: 2_500, duration: '10s' }],
    },
  ],
  [
    'users, whose mix and think time are the business of the script',
    {
      executor: 'constant-vus',
      vus: 2,
      duration: '1s',
      gracefulStop: 0,
      thinkTime: '1s',
      mix: [{ flow: 'read' }],
    },
    { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0ms', exec: 'perform' },
  ],
])('says %s in words of k6', (_what, executor, expected) => {
  const made = scenario(executor)
  expect(made).toMatchObject({ ...expected, exec: 'perform' })
  expect(made).not.toHaveProperty('mix')
  expect(made).not.toHaveProperty('thinkTime')
})

const executors = { one: { executor: 'shared-iterations' } } as const

it('judges flows as the script measures them, by the tags that k6 has', () => {
  const made = k6Options({
    executors,
    thresholds: {
      'iteration_duration{flow: read, executor: one}': ['p(95)<500'],
      checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: 500 }],
    },
  })
  expect(made).toMatchObject({
    thresholds: {
      'aftershock_flow_duration{flow:read,scenario:one}': ['p(95)<500'],
      checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '500ms' }],
    },
  })
})

it('says days in a way that k6 understands', () => {
  const made = scenario({ executor: 'constant-vus', duration: '1.5d' })
  expect(made).toMatchObject({ duration: '129600000ms' })
})

it('says of what k6 refuses where it is, and what to do', () => {
  const open = { executor: 'constant-arrival-rate', rate: 1, preAllocatedVUs: 1 } as const
  const made = k6Options({
    executors: {
      few: { executor: 'shared-iterations', vus: 5, iterations: 3, maxDuration: '0.9s' },
      short: { ...open, duration: 500 },
      brief: { executor: 'constant-vus', duration: '0.5s' },
      empty: { executor: 'ramping-vus', startVUs: 0, stages: [{ target: 0, duration: '1s' }] },
      rare: { ...open, rate: 0.0001, duration: '1m' },
      right: { executor: 'ramping-vus', stages: [{ target: 0, duration: '0.1s' }] },
    },
  })
  expect(made).toEqual([
    `executors.few.maxDuration is "0.9s": k6 wants a second at least; use '1s' or more`,
    'executors.few.iterations is 3: k6 wants one for each of 5 users; use vus: 3',
    `executors.short.duration is 500: k6 wants a second at least; use '1s' or more`,
    `executors.brief.duration is "0.5s": k6 wants a second at least; use '1s' or more`,
    'executors.empty never has a user: k6 wants one at least; give a stage a target from 1',
    'executors.rare has a rate of 0.0001: k6 gets thousandths at best; use a longer timeUnit',
  ])
})

it('says at once all that k6 cannot do', () => {
  const made = k6Options({
    executors: { 'a b': executors.one },
    thresholds: { 'dropped_iterations{flow:read}': ['count<1'], 'checks{window:x}': ['rate>0'] },
  })
  expect(made).toEqual([
    "'a b' is no name for k6: use letters, digits, '_' and '-'",
    "'dropped_iterations{flow:read}': k6 drops a flow before it knows which; use the tag executor, or none",
    "'checks{window:x}': k6 knows no windows; leave the tag out",
  ])
})
