import { expect, it } from 'vitest'
import type { LoadExecutor } from '../core/index.ts'
import { steadyAfterMs } from './lasting-profile.ts'

const open = { executor: 'ramping-arrival-rate', preAllocatedVUs: 5 } as const
const users = { executor: 'ramping-vus' } as const

it.each<[string, LoadExecutor, number]>([
  ['one rate', { executor: 'constant-vus', duration: '1h', startTime: '3s' }, 3_000],
  ['a ramp that ends', { ...open, stages: [{ target: 100, duration: '25s' }] }, 25_000],
  [
    'a ramp with a rest at its end, started later',
    {
      ...open,
      startTime: '2s',
      stages: [
        { target: 9, duration: '5s' },
        { target: 9, duration: '20s' },
        { target: 9, duration: '20s' },
      ],
    },
    7_000,
  ],
  [
    'one that never changes',
    { ...open, startRate: 9, stages: [{ target: 9, duration: '20s' }] },
    0,
  ],
  [
    'users that come and go',
    {
      ...users,
      startVUs: 5,
      stages: [
        { target: 9, duration: '5s' },
        { target: 5, duration: '5s' },
        { target: 5, duration: '5s' },
      ],
    },
    10_000,
  ],
])('a load is steady at its last rate: %s', (_, executor, ms) => {
  expect(steadyAfterMs({ executors: { one: executor } })).toBe(ms)
  const usual: LoadExecutor = { executor: 'constant-vus', duration: '1s' }
  expect(steadyAfterMs({ executors: { usual, one: executor } })).toBe(ms)
})
