import { expect, it } from 'vitest'

import type { LoadProfile } from '../../core/index.ts'
import { vusAtOnce } from './vus-at-once.ts'

const stages = [
  { target: 4, duration: '10s' },
  { target: 0, duration: '10s' },
]

it.each<[string, LoadProfile['executors'], number]>([
  ['users', { a: { executor: 'constant-vus', vus: 2, duration: '3s' } }, 2],
  ['counted flows', { a: { executor: 'shared-iterations' } }, 1],
  [
    'arrivals, which may have maxVUs',
    {
      a: {
        executor: 'constant-arrival-rate',
        rate: 1,
        duration: '1s',
        preAllocatedVUs: 2,
        maxVUs: 7,
      },
    },
    7,
  ],
  ['stages, at the highest', { a: { executor: 'ramping-vus', startVUs: 0, stages } }, 4],
  [
    'executors that are there at the same time',
    {
      a: { executor: 'ramping-vus', startVUs: 0, stages },
      b: { executor: 'constant-vus', vus: 3, duration: '5s', startTime: '8s' },
    },
    7,
  ],
  [
    'executors one after the other',
    {
      a: { executor: 'constant-vus', vus: 3, duration: '5s' },
      b: { executor: 'constant-vus', vus: 2, duration: '5s', startTime: '5s' },
    },
    3,
  ],
])('counts %s', (_what, executors, expected) => {
  expect(vusAtOnce({ executors })).toBe(expected)
})
