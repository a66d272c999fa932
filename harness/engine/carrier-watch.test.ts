import { expect, it } from 'vitest'
import { CarrierWatch, carrierProblems, type StrainSeen } from './carrier-watch.ts'
import { monotonicClock } from './clock.ts'
import type { RunningStack } from './ports.ts'

const calm: StrainSeen = { busy: 0.4, cpu: 0.3, lagMs: 4, spanMs: 1_000 }
const busy: StrainSeen = { ...calm, busy: 1, cpu: 0.98, lagMs: 20 }

it.each<[string, StrainSeen[], string | undefined]>([
  ['nothing is', [], undefined],
  ['it is calm', [calm, calm, calm], undefined],
  [
    'one look of several lasts long, as the others do not',
    [...Array.from({ length: 6 }, () => busy), { ...calm, spanMs: 34_000 }],
    undefined,
  ],
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

const watching = (strain: RunningStack['strain']) =>
  new CarrierWatch({ strain } as RunningStack, monotonicClock())

it('counts from the beginning of the load to its end', async () => {
  const told = [
    { ...calm, lagMs: 5_000 },
    { ...calm, lagMs: 900 },
  ]
  const watch = watching(() => Promise.resolve(told.shift() ?? calm))
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(await watch.end()).toEqual([expect.stringContaining('late for 900 ms in 1 second')])
  expect(told).toEqual([])
})

it('says nothing of a fabric that cannot be asked', async () => {
  expect(await watching(() => Promise.reject(new Error('gone'))).end()).toEqual([])
  expect(await watching(undefined).end()).toEqual([])
})
