import { expect, it } from 'vitest'
import { normalQuantile, normalUpperTail } from './normal.ts'

it.each([
  // Abramowitz & Stegun, tables 26.1 and 26.2.
  [0, 0.5],
  [1, 0.158655253931457],
  [1.959963984540054, 0.025],
  [3, 1.34989803163009e-3],
  [5, 2.866515718791939e-7],
  [10, 7.619853024160527e-24],
])('leaves above %f what the tables say', (z, tail) => {
  expect(normalUpperTail(z) / tail).toBeCloseTo(1, 11)
  expect(normalUpperTail(-z)).toBeCloseTo(1 - tail, 12)
  expect(normalQuantile(tail)).toBeCloseTo(-z, 10)
})

it('has no quantile for certainty', () => {
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity])
})
