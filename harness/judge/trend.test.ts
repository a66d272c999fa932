import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { risingTrend } from './trend.ts'

/** The numbers from 1 to n in an order with this S: begin with the descending one, and lift one after the other. */
function withS(n: number, s: number): number[] {
  let left = (s + (n * (n - 1)) / 2) / 2
  const values: number[] = []
  for (let i = 0; i < n; i += 1) {
    const place = Math.min(left, values.length)
    left -= place
    values.splice(values.length - place, 0, n - i)
  }
  return values.toReversed().map((value) => -value)
}

it.each([
  // Kendall's table of the chance of an S at least so large, n = 8 and 10.
  [8, 16, 0.031],
  [8, 20, 0.007],
  [10, 21, 0.036],
  [10, 25, 0.014],
  [10, 29, 0.0046],
])('of %i values with S = %i has the published chance %d', (n, s, chance) => {
  const found = risingTrend(withS(n, s))
  expect(found.s).toBe(s)
  expect(Math.abs(found.pValue - chance)).toBeLessThan(0.003)
})

it('finds the slope, and is not moved by outliers', () => {
  const values = Array.from({ length: 20 }, (_, i) => 5 + 2 * i)
  values[7] = 1_000
  expect(risingTrend(values).slope).toBeCloseTo(2, 9)
  expect(risingTrend(values).pValue).toBeLessThan(1e-5)
})

it('sees no rise in what falls, stays the same, or is too short', () => {
  expect(risingTrend([5, 4, 3, 2, 1, 0]).pValue).toBeGreaterThan(0.9)
  expect(risingTrend([3, 3, 3, 3, 3, 3]).pValue).toBe(1)
  expect(risingTrend([1, 2]).pValue).toBe(1)
})

it('alarms falsely as often as it says: 1 % of 10,000 runs, up to the approximation', () => {
  const random = seededRandom(31)
  let alarms = 0
  for (let run = 0; run < 10_000; run += 1) {
    const values = Array.from({ length: 20 }, random)
    if (risingTrend(values).pValue <= 0.01) alarms += 1
  }
  expect(alarms / 10_000).toBeLessThan(0.013)
  expect(alarms / 10_000).toBeGreaterThan(0.006)
})
