import { expect, it } from 'vitest'
import { seededRandom } from '../core/index.ts'
import { holm } from './multiple-comparisons.ts'

it.each([
  [[], []],
  [[0.03], [0.03]],
  // Holm 1979; the second is the example of R's p.adjust in the literature.
  [
    [0.01, 0.02, 0.03, 0.04],
    [0.04, 0.06, 0.06, 0.06],
  ],
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.9, 0.8],
    [1, 1],
  ],
])('corrects %j to %j, in the order given', (pValues, adjusted) => {
  const found = holm(pValues)
  expect(found).toHaveLength(adjusted.length)
  for (const [i, value] of adjusted.entries()) expect(found[i]).toBeCloseTo(value, 12)
})

it('keeps the chance of any false alarm at 5 % over 10,000 families, half of whose tests are true findings', () => {
  const random = seededRandom(1979)
  let alarms = 0
  for (let family = 0; family < 10_000; family += 1) {
    const nulls = Array.from({ length: 10 }, random)
    const found = Array.from({ length: 10 }, () => random() ** 20)
    if (holm([...nulls, ...found]).some((p, i) => i < 10 && p <= 0.05)) alarms += 1
  }
  expect(alarms / 10_000).toBeLessThanOrEqual(0.055)
})
