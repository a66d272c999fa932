import { describe, expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { evidenceOfMoreThan, smallestRatioSeen } from './failure-ratio.ts'

const none = { hits: 0, total: 0 }

function chanceOf(hits: number, total: number, p: number): number {
  let ways = 1
  for (let i = 0; i < hits; i += 1) ways = (ways * (total - i)) / (i + 1)
  return ways * p ** hits * (1 - p) ** (total - hits)
}

describe('the e-value against "no more often than tolerated, or than in the baseline"', () => {
  it.each([
    [0.01, 0.01],
    [0.1, 0.1],
    [0.3, 0.3],
    [0.3, 0.1],
    [0.05, 0.01],
  ])('is at most 1 on average where %d fail before and %d after', (before, after) => {
    for (const [sizeA, sizeB] of [
      [20, 5],
      [5, 20],
      [12, 12],
    ] as const) {
      let mean = 0
      for (let a = 0; a <= sizeA; a += 1) {
        for (let b = 0; b <= sizeB; b += 1) {
          const weight = chanceOf(a, sizeA, before) * chanceOf(b, sizeB, after)
          mean +=
            weight * evidenceOfMoreThan({ hits: a, total: sizeA }, { hits: b, total: sizeB }, 0.01)
        }
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-9)
    }
  })

  it('is what can be worked out by hand', () => {
    // One failure of one after one success: ½ · ½ against ½ · ½ at best.
    expect(evidenceOfMoreThan({ hits: 0, total: 1 }, { hits: 1, total: 1 }, 0.01)).toBeCloseTo(1, 9)
    // Two of two after none of two: (3/8)² against (½)⁴.
    expect(evidenceOfMoreThan({ hits: 0, total: 2 }, { hits: 2, total: 2 }, 0.01)).toBeCloseTo(
      (3 / 8) ** 2 * 16,
      9,
    )
  })

  it('needs no failure in the baseline, and is no evidence without one', () => {
    const baseline = { hits: 0, total: 1_500 }
    expect(evidenceOfMoreThan(baseline, { hits: 30, total: 300 }, 0.01)).toBeGreaterThan(1e6)
    expect(evidenceOfMoreThan(none, { hits: 30, total: 300 }, 0.01)).toBeLessThanOrEqual(1)
  })

  it('does not blame what failed as often before', () => {
    const baseline = { hits: 150, total: 1_500 }
    expect(evidenceOfMoreThan(baseline, { hits: 30, total: 300 }, 0.01)).toBeLessThan(1)
    expect(evidenceOfMoreThan(baseline, { hits: 90, total: 300 }, 0.01)).toBeGreaterThan(1e6)
  })

  it('alarms falsely in at most 5 % of 10,000 runs, looked at after each failure', () => {
    const random = seededRandom(11)
    for (const ratio of [0.01, 0.05]) {
      let alarms = 0
      for (let run = 0; run < 10_000; run += 1) {
        if (everReaches(20, ratio, 300, 600, random)) alarms += 1
      }
      expect(alarms / 10_000).toBeLessThanOrEqual(0.05)
    }
  })

  it('sees 5 % of failures within 600 flows in nine of ten runs', () => {
    const random = seededRandom(12)
    let seen = 0
    for (let run = 0; run < 500; run += 1) {
      if (everReaches(2_000, 0.05, 1_500, 600, random, 0)) seen += 1
    }
    expect(seen / 500).toBeGreaterThan(0.9)
  })
})

/** Whether the e-value reaches `wanted` at any failure of a run with these ratios. */
function everReaches(
  wanted: number,
  ratio: number,
  before: number,
  after: number,
  random: () => number,
  ratioBefore = ratio,
): boolean {
  let hits = 0
  for (let i = 0; i < before; i += 1) if (random() < ratioBefore) hits += 1
  const baseline = { hits, total: before }
  let now = 0
  for (let total = 1; total <= after; total += 1) {
    if (random() >= ratio) continue
    now += 1
    if (evidenceOfMoreThan(baseline, { hits: now, total }, 0.01) >= wanted) return true
  }
  return false
}

describe('the smallest ratio that would have been seen', () => {
  const clean = { hits: 0, total: 1_500 }
  const wanted = { evidence: 2_000, hits: 5 }

  it('is 1 where nothing could have been', () => {
    expect(smallestRatioSeen(clean, 4, 0.01, wanted, 0.05)).toBe(1)
  })

  it('shrinks with more flows, and is what a simulation sees in 95 % of its runs', () => {
    const ratios = [20, 100, 500, 2_000].map((n) => smallestRatioSeen(clean, n, 0.01, wanted, 0.05))
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a))
    const ratio = ratios[2] as number
    const random = seededRandom(13)
    let seen = 0
    for (let run = 0; run < 2_000; run += 1) {
      let hits = 0
      for (let i = 0; i < 500; i += 1) if (random() < ratio) hits += 1
      const isSeen = evidenceOfMoreThan(clean, { hits, total: 500 }, 0.01) >= wanted.evidence
      if (isSeen && hits >= wanted.hits) seen += 1
    }
    expect(seen / 2_000).toBeGreaterThan(0.93)
    expect(seen / 2_000).toBeLessThan(0.97)
  })
})
