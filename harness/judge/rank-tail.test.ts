import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { mannWhitney } from './rank-test.ts'
import { normalUpperTail } from './normal.ts'
import { leastPairsAbove, rankTail } from './rank-tail.ts'

/** Two samples without ties of which the second is above the first in `u` pairs. */
function withU(sizeA: number, sizeB: number, u: number): [number[], number[]] {
  const a = Array.from({ length: sizeA }, (_, i) => i)
  const above = Array.from({ length: sizeB }, (_, i) => Math.min(sizeA, Math.max(0, u - i * sizeA)))
  return [a, above.map((count, i) => count - 0.5 + i / 1_000)]
}

it.each([
  // Siegel, Nonparametric Statistics, table K: the greatest U that rejects at 5 % and at 1 %, one-sided.
  [10, 10, 27, 19],
  [12, 15, 55, 42],
  [15, 15, 72, 56],
  [20, 10, 62, 47],
  [20, 20, 138, 114],
])(
  'of %i and %i values rejects at one level up to U = %i, at the other up to %i',
  (a, b, five, one) => {
    const pAt = (u: number) => rankTail(...withU(a, b, a * b - u)).pValue
    expect(pAt(five)).toBeLessThanOrEqual(0.05)
    expect(pAt(five + 1)).toBeGreaterThan(0.05)
    expect(pAt(one)).toBeLessThanOrEqual(0.01)
    expect(pAt(one + 1)).toBeGreaterThan(0.01)
  },
)

it('is the least that there is when all are above: one of the ways to choose 10 of 30', () => {
  const { superiority, pValue } = rankTail(...withU(20, 10, 200))
  expect(superiority).toBe(1)
  expect(pValue * 30_045_015).toBeCloseTo(1, 6)
})

it('is half of the exact two-sided test on the side where the difference is', () => {
  const random = seededRandom(5)
  for (let i = 0; i < 50; i += 1) {
    const a = Array.from({ length: 8 + (i % 9) }, random)
    const b = Array.from({ length: 6 + (i % 7) }, () => random() + 0.2)
    const { u, superiority, pValue } = mannWhitney(a, b)
    const tail = rankTail(a, b)
    expect(tail.superiority).toBeCloseTo(superiority, 12)
    if (u > (a.length * b.length) / 2) expect(2 * tail.pValue).toBeCloseTo(pValue, 9)
  }
})

it('is smaller in the tail than the normal approximation makes it, which takes over beyond 4,000 pairs', () => {
  for (const u of [2_600, 2_900, 3_200]) {
    const exact = rankTail(...withU(63, 63, u)).pValue
    const normal = normalUpperTail((u - 3_969 / 2 - 0.5) / Math.sqrt((3_969 * 127) / 12))
    expect(exact).toBeLessThan(normal)
    expect(exact / normal).toBeGreaterThan(0.1)
  }
  expect(rankTail(...withU(70, 70, 4_900)).pValue).toBeLessThan(1e-20)
})

/** The p-values of all ways to choose so many of these values to stand against the others, ascending. */
function ofAllDraws(values: readonly number[], size: number): number[] {
  const all: number[] = []
  for (let bits = 0; bits < 2 ** values.length; bits += 1) {
    const isChosen = (_: number, i: number) => ((bits >> i) & 1) === 1
    const chosen = values.filter(isChosen)
    if (chosen.length !== size) continue
    const others = values.filter((value, i) => !isChosen(value, i))
    all.push(rankTail(others, chosen).pValue)
  }
  return all.toSorted((x, y) => x - y)
}

it.each([
  [[0, 0, 0, 1, 1, 4, 1, 3, 3, 2, 4], 6],
  [[1, 1, 2, 2, 2, 3, 3, 3, 3], 4],
  [[1, 1, 1, 1, 1, 1, 1, 1, 2], 5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 5],
])('is no less likely than it says, with ties too: %j', (values, size) => {
  const all = ofAllDraws(values, size)
  for (const pValue of all) {
    const share = all.filter((one) => one <= pValue).length / all.length
    expect(share).toBeLessThanOrEqual(pValue + 1e-12)
  }
})

it('finds no difference where there is none to be seen', () => {
  expect(rankTail([], [1])).toEqual({ superiority: 0.5, pValue: 1 })
  expect(rankTail([2, 2, 2, 2], [2, 2, 2]).pValue).toBeGreaterThan(0.5)
})

it.each([
  [30, 20, 0.001],
  [80, 70, 1e-6],
])('says how many pairs must be above: of %i and %i, at %d', (sizeA, sizeB, alpha) => {
  const least = leastPairsAbove(sizeA, sizeB, alpha) ?? NaN
  expect(rankTail(...withU(sizeA, sizeB, least)).pValue).toBeLessThanOrEqual(alpha)
  expect(rankTail(...withU(sizeA, sizeB, least - 1)).pValue).toBeGreaterThan(alpha)
})

it('of two and two nothing is found at 0.1 %', () => {
  expect(leastPairsAbove(2, 2, 0.001)).toBeUndefined()
})
