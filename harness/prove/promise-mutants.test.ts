import { expect, it } from 'vitest'
import type { Scenario } from '../core/index.ts'
import { promiseMutants } from './promise-mutants.ts'
import { runMutants } from './run-mutants.ts'

const scenario: Scenario = {
  id: 'shop',
  title: 'a shop',
  stack: { name: 'shop', entry: 'app', services: [], sites: [] },
  actors: [],
  flows: [],
  steps: [],
  statusPage: { title: 'page', read: () => Promise.reject(new Error('is not read here')) },
  expect: {
    kind: 'holds',
    recoverWithinMs: 2_000,
    statusPage: { admitsWithinMs: 3_000, neverFalselyGreenForMs: 4_000, neverFalselyRedForMs: 500 },
  },
  amplification: [{ service: 'app', atMost: 3 }],
  outside: { maxRequests: [{ host: 'news.example', atMost: 2 }] },
  safety: { maxBrokenCells: 1, thresholds: { checks: ['rate>0.9', 'rate>0.5'] } },
}

it('each promise has a mutant of its own, in a run that promises nothing else', () => {
  const mutants = promiseMutants(scenario)
  expect(mutants.map(({ hypothesis, code }) => `${code}: ${hypothesis}`)).toEqual([
    'slow-recovery: everything is back within 2000 ms',
    'status-page: the status page admits within 3000 ms',
    'status-page: the status page is never falsely green for more than 4000 ms',
    'status-page: the status page is never falsely red for more than 500 ms',
    'threshold: the threshold checks: rate>0.9',
    'threshold: the threshold checks: rate>0.5',
  ])
  expect(mutants.slice(4).map((one) => one.scenario.safety?.thresholds)).toEqual([
    { checks: ['rate>0.9'] },
    { checks: ['rate>0.5'] },
  ])
  expect(mutants.map(({ scenario: { expect: wanted } }) => wanted)).toEqual([
    { kind: 'holds', recoverWithinMs: 2_000 },
    { kind: 'holds', statusPage: { admitsWithinMs: 3_000 } },
    { kind: 'holds', statusPage: { neverFalselyGreenForMs: 4_000 } },
    { kind: 'holds', statusPage: { neverFalselyRedForMs: 500 } },
    { kind: 'holds' },
    { kind: 'holds' },
  ])
})

it('each limit has a mutant of its own, and those that cannot be reached say what to do', () => {
  const limits = { ...scenario, safety: { maxBrokenCells: 1, stepTimeoutMs: 90_000 } }
  const mutants = runMutants(limits).filter(({ advice }) => advice !== undefined)
  expect(mutants.map(({ hypothesis }) => hypothesis)).toEqual([
    'the run ends when more than 1 cell broke that was not to',
    'a step ends within 90000 ms',
    'app > all that it asks amplifies at most 3 times',
    'news.example is asked at most 2 times',
  ])
  expect(
    mutants.map(({ scenario: { safety, amplification, outside } }) => [
      safety,
      amplification,
      outside,
    ]),
  ).toEqual([
    [{ maxBrokenCells: 1 }, undefined, undefined],
    [{ stepTimeoutMs: 90_000 }, undefined, undefined],
    [undefined, scenario.amplification, undefined],
    [undefined, undefined, scenario.outside],
  ])
  expect(mutants[1]?.on).toContain('nobody waits so long')
})
