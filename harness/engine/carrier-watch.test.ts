import { expect, it } from 'vitest'
import type { LoopStrain } from '../core/index.ts'
import { CarrierWatch, carrierProblems } from './carrier-watch.ts'
import type { RunningStack } from './ports.ts'

const calm: LoopStrain = { busy: 0.4, cpu: 0.3, lagMs: 4 }
const busy: LoopStrain = { busy: 1, cpu: 0.98, lagMs: 20 }

it.each<[string, LoopStrain[], string | undefined]>([
  ['nothing is', [], undefined],
  ['it is calm', [calm, calm, calm], undefined],
  ['it is busy for a second', [calm, busy, calm], undefined],
  [
    'it is busy',
    [calm, busy, busy],
    'in 2 of 3 seconds the fabric, through which all load passes, was busy for over 95 % of the time, with 98 % of a core: it carries no more',
  ],
  [
    'it gets no core',
    [calm, { ...busy, cpu: 0.2 }, { ...busy, cpu: 0.4 }],
    'with 30 % of a core: the machine gave it no more',
  ],
  ['it hiccups', [{ ...calm, lagMs: 130 }, calm, calm, calm], undefined],
  [
    'it stands still',
    [...Array.from({ length: 9 }, () => calm), { ...calm, lagMs: 2_504 }],
    'was late for 2504 ms in 10 seconds, at worst 2504 ms at once',
  ],
])('the fabric is named as the limit where %s', (_, seconds, problem) => {
  expect(carrierProblems(seconds)).toEqual(
    problem === undefined ? [] : [expect.stringContaining(problem)],
  )
})

const stackOf = (strain: RunningStack['strain']) => ({ strain }) as RunningStack

it('counts from the beginning of the load to its end', async () => {
  const told = [
    { ...calm, lagMs: 5_000 },
    { ...calm, lagMs: 900 },
  ]
  const watch = new CarrierWatch(stackOf(() => Promise.resolve(told.shift() ?? calm)))
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(await watch.end()).toEqual([expect.stringContaining('late for 900 ms in 1 second')])
  expect(told).toEqual([])
})

it('says nothing of a fabric that cannot be asked', async () => {
  expect(await new CarrierWatch(stackOf(() => Promise.reject(new Error('gone')))).end()).toEqual([])
  expect(await new CarrierWatch({} as RunningStack).end()).toEqual([])
})
