import { expect, it } from 'vitest'
import { seededRandom, shuffled } from '../core/index.ts'
import { locationShift } from './location-shift.ts'
import { mannWhitney } from './rank-test.ts'

/** Two samples of these sizes without ties, of which the second is above the first in `u` pairs. */
function withU(sizeA: number, sizeB: number, u: number): [number[], number[]] {
  // Begin with all of b below all of a, then lift the values of b one after the other.
  const lifted = Array.from({ length: sizeB }, (_, i) =>
    Math.min(sizeA, Math.max(0, u - (sizeB - 1 - i) * sizeA)),
  )
  const a = Array.from({ length: sizeA }, (_, i) => i + 1)
  const b = lifted.map((above, i) => above + 0.5 + i / 1_000)
  return [a, b]
}

it.each([
  [4, 4, 0],
  [5, 5, 2],
  [6, 6, 5],
  [7, 7, 8],
  [8, 8, 13],
  [10, 10, 23],
  [5, 10, 8],
  [8, 12, 22],
  [10, 20, 55],
  [15, 15, 64],
  [20, 20, 127],
])(
  'of %i and %i values rejects at 5 % up to U = %i, as the published table of critical values has it',
  (sizeA, sizeB, critical) => {
    expect(mannWhitney(...withU(sizeA, sizeB, critical))).toMatchObject({ u: critical })
    expect(mannWhitney(...withU(sizeA, sizeB, critical)).pValue).toBeLessThanOrEqual(0.05)
    expect(mannWhitney(...withU(sizeA, sizeB, critical + 1)).pValue).toBeGreaterThan(0.05)
  },
)

/** Hollander & Wolfe 1973, p. 69: permeability of the human chorioamnion, at term and at 12 to 26 weeks. */
const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const weeks12 = [1.15, 0.88, 0.9, 0.74, 1.21]

it('gives what Hollander and Wolfe give for their example: U, p, shift and interval', () => {
  const { u, pValue, method } = mannWhitney(weeks12, term)
  expect({ u, method }).toEqual({ u: 35, method: 'exact' })
  expect(pValue).toBeCloseTo(2 * 0.1272, 4)
  const found = locationShift(weeks12, term, 0.95)
  expect(found?.shift).toBeCloseTo(0.305, 9)
  expect(found?.low).toBeCloseTo(-0.15, 9)
  expect(found?.high).toBeCloseTo(0.76, 9)
})

it('counts ties out exactly: the same p as going through all 24,310 permutations (SciPy)', () => {
  const { u, pValue } = mannWhitney([1, 2, 2, 3, 3, 3, 4, 5], [2, 3, 4, 4, 5, 5, 6, 7, 7])
  expect(u).toBe(58.5)
  expect(pValue).toBeCloseTo(0.027889757301522, 12)
})

it('agrees between its exact and its normal form where they meet', () => {
  const random = seededRandom(3)
  for (const size of [24, 25]) {
    const a = Array.from({ length: size }, () => Math.round(random() * 40))
    const b = Array.from({ length: size }, () => Math.round(random() * 40) + 6)
    const exact = mannWhitney(a, b)
    const twice = mannWhitney([...a, ...a], [...b, ...b])
    expect([exact.method, twice.method]).toEqual(['exact', 'normal'])
    expect(twice.superiority).toBeCloseTo(exact.superiority, 12)
    expect(twice.pValue).toBeLessThan(exact.pValue)
  }
})

it('says nothing of empty samples, and of values that are all the same', () => {
  expect(mannWhitney([], [1])).toMatchObject({ pValue: 1, superiority: 0.5 })
  expect(mannWhitney([3, 3, 3], [3, 3])).toMatchObject({ pValue: 1, superiority: 0.5 })
  const many = Array.from({ length: 40 }, () => 3)
  expect(mannWhitney(many, many)).toMatchObject({ pValue: 1, method: 'normal' })
  expect(locationShift([], [1], 0.95)).toBeUndefined()
  expect(locationShift([1], [2], 0.95)).toEqual({ shift: 1, low: -Infinity, high: Infinity })
})

it('finds the same shift as sorting all differences', () => {
  const random = seededRandom(5)
  for (let run = 0; run < 50; run += 1) {
    const a = Array.from({ length: 1 + Math.floor(random() * 30) }, () => Math.round(random() * 20))
    const b = Array.from({ length: 1 + Math.floor(random() * 30) }, () => Math.round(random() * 20))
    const all = a.flatMap((x) => b.map((y) => y - x)).toSorted((x, y) => x - y)
    const middle =
      ((all[Math.floor((all.length - 1) / 2)] as number) +
        (all[Math.ceil((all.length - 1) / 2)] as number)) /
      2
    expect(locationShift(shuffled(a, random), b, 0.95)?.shift).toBe(middle)
  }
})

/** Latencies look like this: right-skewed, in tenths of a millisecond. */
function latencies(random: () => number, size: number, factor = 1): number[] {
  return Array.from({ length: size }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.round(factor * 200 * Math.exp(0.5 * normal)) / 10
  })
}

it('raises a false alarm in 5 % of 10,000 runs without a difference, up to three standard errors', () => {
  const random = seededRandom(20_230_306)
  let alarms = 0
  for (let run = 0; run < 10_000; run += 1) {
    const { pValue } = mannWhitney(latencies(random, 30), latencies(random, 40))
    if (pValue <= 0.05) alarms += 1
  }
  const standardError = Math.sqrt((0.05 * 0.95) / 10_000)
  expect(Math.abs(alarms / 10_000 - 0.05)).toBeLessThanOrEqual(3 * standardError)
})

it('has an interval that holds the true shift in 95 % of 2,000 runs', () => {
  const random = seededRandom(20_230_307)
  let held = 0
  for (let run = 0; run < 2_000; run += 1) {
    const b = latencies(random, 40).map((value) => value + 5)
    const found = locationShift(latencies(random, 30), b, 0.95)
    if (found && found.low <= 5 && found.high >= 5) held += 1
  }
  expect(held / 2_000).toBeGreaterThanOrEqual(0.945)
})

it.each([
  [100, 0.8],
  [200, 0.9],
])(
  'of %i and as many latencies, in at least a share of %f of runs, sees a median that is a quarter higher',
  (size, power) => {
    const random = seededRandom(20_230_308)
    let seen = 0
    for (let run = 0; run < 400; run += 1) {
      const { pValue } = mannWhitney(latencies(random, size), latencies(random, size, 1.25))
      if (pValue <= 0.05) seen += 1
    }
    expect(seen / 400).toBeGreaterThanOrEqual(power)
  },
)
