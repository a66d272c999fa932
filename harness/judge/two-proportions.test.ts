import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { differenceOfProportions, fisherExact } from './two-proportions.ts'

const of = (hits: number, total: number) => ({ hits, total })

it.each([
  ["Fisher's tea tasting lady", of(3, 4), of(1, 4), 0.4857143],
  ["Fisher's convicted twins", of(2, 12), of(15, 18), 0.0005367241],
  ['a baseline without an error', of(0, 5_000), of(20, 5_000), 1.871381e-6],
  ['a total break', of(0, 50), of(50, 50), 1.982331e-29],
  ['rare events of millions', of(10, 1_000_000), of(40, 1_000_000), 2.385604e-5],
  ['no difference at all', of(5, 100), of(5, 100), 1],
  ['no hit on either side', of(0, 100), of(0, 10), 1],
  ['hits only', of(9, 9), of(4, 4), 1],
  ['nothing seen', of(0, 0), of(3, 4), 1],
])('gives the published p-value for %s', (_name, a, b, pValue) => {
  expect(fisherExact(a, b) / pValue).toBeCloseTo(1, 6)
  expect(fisherExact(b, a)).toBeCloseTo(fisherExact(a, b), 12)
})

it('adds up to the definition, over all tables with small totals', () => {
  for (const [n, m, hits] of [
    [5, 7, 4],
    [6, 6, 6],
    [3, 9, 8],
  ] as const) {
    const tables = Array.from({ length: hits + 1 }, (_, k) => choose(n, k) * choose(m, hits - k))
    const all = tables.reduce((sum, ways) => sum + ways, 0)
    for (const [k, ways] of tables.entries()) {
      if (ways === 0) continue
      const far = tables.filter((other) => other <= ways).reduce((sum, other) => sum + other, 0)
      expect(fisherExact(of(k, n), of(hits - k, m))).toBeCloseTo(far / all, 12)
    }
  }
})

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k
}

it.each([
  // Newcombe 1998, table II, method 10; his difference is the other way round.
  [of(56, 70), of(48, 80), 0.2, 0.0524, 0.3339],
  [of(9, 10), of(3, 10), 0.6, 0.1705, 0.809],
  [of(5, 56), of(0, 29), 0.0893, -0.0381, 0.1926],
  [of(0, 10), of(0, 20), 0, -0.1611, 0.2775],
  [of(10, 10), of(0, 20), 1, 0.6791, 1],
])("gives Newcombe's interval for %j against %j", (a, b, difference, low, high) => {
  const found = differenceOfProportions(b, a, 0.95)
  expect(found?.difference).toBeCloseTo(difference, 3)
  expect(found?.low).toBeCloseTo(low, 3)
  expect(found?.high).toBeCloseTo(high, 3)
})

it('knows no difference where nothing was seen', () => {
  expect(differenceOfProportions(of(0, 0), of(1, 2), 0.95)).toBeUndefined()
})

it.each([0, 0.005, 0.05, 0.5])(
  'raises a false alarm in at most 5 %% of 10,000 runs that both fail with the chance %f',
  (ratio) => {
    const random = seededRandom(20_230_306)
    const hitsOf = (total: number) => {
      let hits = 0
      for (let i = 0; i < total; i += 1) if (random() < ratio) hits += 1
      return hits
    }
    let alarms = 0
    for (let run = 0; run < 10_000; run += 1) {
      if (fisherExact(of(hitsOf(100), 100), of(hitsOf(80), 80)) <= 0.05) alarms += 1
    }
    expect(alarms / 10_000).toBeLessThanOrEqual(0.05)
  },
)
