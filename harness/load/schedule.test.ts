import { describe, expect, it } from 'vitest'
import { Schedule } from './schedule.ts'

const cells = [
  { flow: 'read', actor: 'web', weight: 6 },
  { flow: 'read', actor: 'mobile', weight: 3 },
  { flow: 'post', actor: 'web', weight: 1 },
]
const numbers = Array.from({ length: 10_000 }, (_, i) => i)
const picks = (seed: number, name = 'main') => {
  const schedule = new Schedule(seed, name, cells)
  return numbers.map((i) => schedule.pick(i).cell)
}

describe('a schedule', () => {
  it('is the same with the same seed, in whatever order it is asked', () => {
    const schedule = new Schedule(7, 'main', cells)
    const backwards = numbers.toReversed().map((i) => schedule.pick(i).cell)
    expect(backwards.toReversed()).toEqual(picks(7))
  })

  it('is another one with another seed or name', () => {
    expect(picks(8)).not.toEqual(picks(7))
    expect(picks(7, 'other')).not.toEqual(picks(7))
  })

  it('has each cell as often as its weight says', () => {
    const counts = [0, 1, 2].map((cell) => picks(7).filter((one) => one === cell).length)
    expect(counts[0]).toBeGreaterThan(5_800)
    expect(counts[0]).toBeLessThan(6_200)
    expect(counts[2]).toBeGreaterThan(850)
    expect(counts[2]).toBeLessThan(1_150)
  })

  it('gives each flow random numbers of its own', () => {
    const schedule = new Schedule(7, 'main', cells)
    const drawn = new Set(numbers.map((i) => schedule.pick(i).random()))
    expect(drawn.size).toBeGreaterThan(9_900)
  })
})
