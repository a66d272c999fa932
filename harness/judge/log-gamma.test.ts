import { expect, it } from 'vitest'
import { logGamma } from './log-gamma.ts'

it.each([
  [1, 0],
  [2, 0],
  [0.5, Math.log(Math.PI) / 2],
  [10, Math.log(362_880)],
  [10.5, 13.940625219403763],
  [0.1, 2.252712651734206],
  [1_000.5, 5_908.674175848678],
])('ln Γ(%d) is %d (as lgamma of the C library has it)', (x, value) => {
  expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
})

it('grows by ln x from x to x + 1', () => {
  for (const x of [0.5, 1.5, 7, 250.5, 1e5]) {
    expect((logGamma(x + 1) - logGamma(x)) / Math.log(x)).toBeCloseTo(1, 8)
  }
})
