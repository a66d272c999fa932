import { describe, expect, it } from 'vitest'
import { ArrivalPacer, endOf, ratePieces, valueAt, type Piece } from './pacer.ts'

const constant: Piece[] = [{ durationMs: 2_000, from: 10, to: 10 }]
const ramp: Piece[] = [
  { durationMs: 1_000, from: 0, to: 20 },
  { durationMs: 1_000, from: 20, to: 20 },
  { durationMs: 1_000, from: 0, to: 0 },
  { durationMs: 1_000, from: 20, to: 0 },
]

describe('the arrivals of a constant rate', () => {
  it.each([
    [-1, 0, { kind: 'wait', forMs: 1 }],
    [0, 0, { kind: 'start', count: 1 }],
    [0, 1, { kind: 'wait', forMs: 100 }],
    [99.9, 1, { kind: 'wait', forMs: 0.1 }],
    [100, 1, { kind: 'start', count: 1 }],
    [1_050, 3, { kind: 'start', count: 8 }],
    [1_999, 20, { kind: 'wait', forMs: 1 }],
    [2_000, 19, { kind: 'start', count: 1 }],
    [2_000, 20, { kind: 'stop' }],
    [9_000, 20, { kind: 'stop' }],
  ])('after %d ms with %d started', (elapsed, started, pace) => {
    const found = new ArrivalPacer(constant).pace(elapsed, started)
    expect(found).toEqual(
      'forMs' in pace ? { ...pace, forMs: expect.closeTo(pace.forMs, 6) } : pace,
    )
  })
})

it.each<[string, Piece[], number]>([
  ['10/s for 2 s', constant, 20],
  ['a ramp, a plateau, a pause and a ramp down', ramp, 40],
  ['a third of one per second for a minute', [{ durationMs: 60_000, from: 1 / 3, to: 1 / 3 }], 20],
  ['999.9/s for 10 s', [{ durationMs: 10_000, from: 999.9, to: 999.9 }], 9_999],
  [
    'a jump to 100/s',
    [
      { durationMs: 0, from: 0, to: 100 },
      { durationMs: 1_000, from: 100, to: 100 },
    ],
    100,
  ],
])('%s are %3$d flows exactly, each at its time and in order', (_name, pieces, total) => {
  const pacer = new ArrivalPacer(pieces)
  expect(pacer.total).toBe(total)
  expect(pacer.dueBy(pacer.durationMs)).toBe(total)
  const times = Array.from({ length: total }, (_, i) => pacer.at(i))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  for (const [i, at] of times.entries()) {
    expect(pacer.dueBy(at + 0.001)).toBeGreaterThanOrEqual(i + 1)
    if (at > 0.01) expect(pacer.dueBy(at - 0.01)).toBeLessThanOrEqual(i)
  }
})

it('nothing is due while the rate is 0', () => {
  const pacer = new ArrivalPacer(ramp)
  expect([pacer.dueBy(2_000.001), pacer.dueBy(2_999)]).toEqual([30, 30])
  expect(pacer.at(30)).toBeCloseTo(3_000)
})

it.each([1, 2, 3, 7])('%d threads together start each flow once', (of) => {
  const whole = new ArrivalPacer(ramp)
  for (const elapsed of [0, 1, 350, 1_000, 1_777, 3_500, 4_000]) {
    let sum = 0
    for (let index = 0; index < of; index += 1) {
      const pace = whole.pace(elapsed, 0, index, of)
      if (pace.kind === 'start') sum += pace.count
    }
    expect(sum).toBe(whole.dueBy(elapsed))
  }
})

it('a rate counts per time unit', () => {
  const pieces = ratePieces({
    executor: 'ramping-arrival-rate',
    startRate: 60,
    timeUnit: '1m',
    stages: [{ target: 120, duration: '10s' }],
    preAllocatedVUs: 1,
  })
  expect([valueAt(pieces, 0), valueAt(pieces, 5_000), valueAt(pieces, 10_000)]).toEqual([1, 1.5, 0])
})

it('an executor ends after its start time and its length', () => {
  expect(endOf({ executor: 'constant-vus', duration: '10s', startTime: '5s' })).toBe(15_000)
  expect(endOf({ executor: 'shared-iterations' })).toBe(600_000)
})
