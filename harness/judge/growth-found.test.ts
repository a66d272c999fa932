import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { growthFound } from './growth-found.ts'
import { judgeLoadCell } from './load-judge.ts'
import { plainMedians, testOptions } from './test-traffic.ts'

const seen = (medians: readonly number[]) => ({
  samples: 700,
  failures: 0,
  symptoms: {},
  medians,
  tails: medians,
})

it('of runs that are slower by what it says, 19 of 20 are called slower', () => {
  const random = seededRandom(6)
  const [comparisons, looks, blocks] = [4, 4, 39]
  const alpha = testOptions.falseAlarm / (2 * comparisons * looks)
  const runs = 300
  let found = 0
  for (let run = 0; run < runs; run += 1) {
    // The logarithms of these vary three times as much as those of the others.
    const wild = (count: number) => plainMedians(count, random).map((ms) => 20 * (ms / 20) ** 3)
    const before = wild(30)
    const raise = (list: readonly number[]) => list.map((ms) => Math.max(ms * 1.05, ms + 1))
    const growth = growthFound({ before, blocks, alpha, raise }, testOptions.miss) ?? Infinity
    const after = wild(blocks).map((ms) => ms * (1 + growth))
    const question = { baseline: seen(before), comparisons, options: testOptions }
    if (judgeLoadCell(seen(after), question) === 'slower') found += 1
  }
  expect(found / runs).toBeGreaterThan(0.85)
  expect(found / runs).toBeLessThan(0.98)
})

it('is none where not even the greatest would be found', () => {
  const raise = (list: readonly number[]) => list
  expect(growthFound({ before: [1, 2], blocks: 2, alpha: 0.001, raise }, 0.05)).toBeUndefined()
})

it('takes durations of nothing', () => {
  const raise = (list: readonly number[]) => list.map((ms) => ms + 1)
  const test = { before: Array.from({ length: 20 }, () => 0), blocks: 20, alpha: 0.001, raise }
  expect(growthFound(test, 0.05)).toBeGreaterThan(100)
})
