import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { evidenceOfLess, evidenceOfMore, smallestDetectable } from './sequential.ts'

/** The mean of `eValue(hits)` over `samples` tries that each hit with probability p, by enumeration of every count. */
function meanUnder(p: number, samples: number, eValue: (hits: number) => number): number {
  let mean = 0
  let ways = 1
  for (let hits = 0; hits <= samples; hits += 1) {
    mean += ways * p ** hits * (1 - p) ** (samples - hits) * eValue(hits)
    ways = (ways * (samples - hits)) / (hits + 1)
  }
  return mean
}

const smallCounts = [1, 2, 3, 5, 8, 12]

describe('evidence of more', () => {
  it.each(smallCounts)('is 1 on average at the tolerated ratio, after %i samples', (samples) => {
    for (const p of [0.01, 0.04, 0.1, 0.2]) {
      const mean = meanUnder(p, samples, (hits) => evidenceOfMore(hits, samples, p))
      expect(mean).toBeLessThanOrEqual(1 + 1e-9)
      // The cap takes away from values that could not be reached with fewer samples.
      if (0.99 ** samples / p ** samples < 1e12) expect(mean).toBeCloseTo(1, 6)
    }
  })

  it.each(smallCounts)(
    'is at most 1 on average below the tolerated ratio, after %i samples',
    (samples) => {
      for (const tolerated of [0.01, 0.2]) {
        for (const share of [0, 0.1, 0.25, 0.5, 0.99]) {
          const p = share * tolerated
          const mean = meanUnder(p, samples, (hits) => evidenceOfMore(hits, samples, tolerated))
          expect(mean).toBeLessThanOrEqual(1 + 1e-9)
        }
      }
    },
  )

  it('is a fair bet at each step: what is expected next is what is there now', () => {
    const p = 0.01
    for (let samples = 0; samples < 12; samples += 1) {
      for (let hits = 0; hits <= samples; hits += 1) {
        const now = evidenceOfMore(hits, samples, p)
        const next =
          p * evidenceOfMore(hits + 1, samples + 1, p) +
          (1 - p) * evidenceOfMore(hits, samples + 1, p)
        if (now < 1e10) expect(next / now).toBeCloseTo(1, 6)
      }
    }
  })

  it.each([
    // hits, samples, value: the mean of (p / 0.01)^hits × ((1 - p) / 0.99)^(samples - hits) over the nine alternatives.
    [0, 0, 1],
    [1, 1, 50.444444],
    [2, 2, 3641.777778],
    [3, 3, 295_880.444444],
    [0, 1, 0.500561],
  ])('of %i hits in %i samples is %f', (hits, samples, value) => {
    expect(evidenceOfMore(hits, samples, 0.01)).toBeCloseTo(value, 4)
  })

  it('grows with each hit and never leaves [0, 1e12]', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), (a, b) => {
        const samples = Math.max(a, b) + 1
        const hits = Math.min(a, b)
        const value = evidenceOfMore(hits, samples, 0.01)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1e12)
        expect(evidenceOfMore(hits + 1, samples, 0.01)).toBeGreaterThanOrEqual(value)
      }),
    )
  })
})

describe('evidence of less', () => {
  it.each(smallCounts)('is 1 on average at the ratio to detect, after %i samples', (samples) => {
    for (const detect of [0.1, 0.3, 0.5]) {
      const mean = meanUnder(detect, samples, (hits) => evidenceOfLess(hits, samples, 0.01, detect))
      expect(mean).toBeCloseTo(1, 6)
    }
  })

  it.each(smallCounts)(
    'is at most 1 on average above the ratio to detect, after %i samples',
    (samples) => {
      for (const p of [0.31, 0.5, 0.8, 1]) {
        const mean = meanUnder(p, samples, (hits) => evidenceOfLess(hits, samples, 0.01, 0.3))
        expect(mean).toBeLessThanOrEqual(1 + 1e-9)
      }
    },
  )

  it.each([
    [0, 0, 1],
    [0, 1, 0.99 / 0.7],
    [0, 9, (0.99 / 0.7) ** 9],
    [1, 9, (0.01 / 0.3) * (0.99 / 0.7) ** 8],
    [0, 1_000, 1e12],
  ])('of %i hits in %i samples is %f', (hits, samples, value) => {
    expect(evidenceOfLess(hits, samples, 0.01, 0.3) / value).toBeCloseTo(1, 9)
  })
})

describe('the smallest ratio that would have been seen', () => {
  it.each([
    [0, 0.05, 1],
    [1, 0.05, 0.95],
    [2, 0.05, 0.776393],
    [9, 0.05, 0.283129],
    [20, 0.05, 0.139108],
    [59, 0.05, 0.049508],
    [298, 0.05, 0.010002],
    [20, 0.5, 0.034064],
  ])('in %i samples with a miss of %f is %f', (samples, miss, ratio) => {
    expect(smallestDetectable(samples, miss)).toBeCloseTo(ratio, 5)
  })

  it('is missed exactly as often as stated', () => {
    for (const samples of [1, 7, 40]) {
      expect((1 - smallestDetectable(samples, 0.05)) ** samples).toBeCloseTo(0.05, 9)
    }
  })
})
