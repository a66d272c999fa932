import { describe, expect, it } from 'vitest'

import type { Rollout } from '../core/index.ts'
import { monotonicClock } from './clock.ts'
import { stagesOf } from './rollout.ts'

it.each<[Rollout, number, number[]]>([
  [{ kind: 'all' }, 3, [3]],
  [{ kind: 'count', replicas: 1 }, 3, [1]],
  [{ kind: 'count', replicas: 5 }, 3, [3]],
  [{ kind: 'staged', stages: [1, 'all'] }, 3, [1, 3]],
  [{ kind: 'staged', stages: [1, 2, 3] }, 3, [1, 2, 3]],
  [{ kind: 'staged', stages: [1, 'all'] }, 1, [1]],
])('the rollout %j to %i replicas has the stages %j', (rollout, replicas, stages) => {
  expect(stagesOf(rollout, replicas)).toEqual(stages)
})

describe('the clock', () => {
  it('counts from its making and never goes back', () => {
    const clock = monotonicClock()
    const times = Array.from({ length: 100 }, () => clock.now())
    expect(times[0]).toBeGreaterThanOrEqual(0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('sleeps at least as long as it is told', async () => {
    const clock = monotonicClock()
    await clock.sleep(20, new AbortController().signal)
    expect(clock.now()).toBeGreaterThanOrEqual(19)
  })

  it('wakes without an error when the signal fires, before or during the sleep', async () => {
    const clock = monotonicClock()
    await clock.sleep(60_000, AbortSignal.abort())
    await clock.sleep(60_000, AbortSignal.timeout(5))
  })
})
