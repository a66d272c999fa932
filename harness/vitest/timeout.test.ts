import { mergePatch, staged } from 'aftershock'
import { expect, test } from 'vitest'
import { timeoutFor } from './timeout.ts'

const change = mergePatch('change', { service: 'any', patch: {} })
const inStages = mergePatch('in-stages', {
  service: 'any',
  patch: {},
  rollout: staged(1, 2, 'all'),
})

test.for([
  { what: 'one change', scenario: { steps: [change] }, ms: 120_000 },
  { what: 'a change in three stages', scenario: { steps: [inStages] }, ms: 140_000 },
  {
    what: 'a change and long windows',
    scenario: { steps: [change], judgement: { windowMs: 100_000 } },
    ms: 340_000,
  },
])('a scenario with $what is given $ms ms', ({ scenario, ms }) => {
  expect(timeoutFor(scenario)).toBe(ms)
})
