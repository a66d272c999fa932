import fc from 'fast-check'
import { expect, it } from 'vitest'

import { deriveSeed, seededRandom, shuffled } from './random.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

/** Mulberry32 step by step in whole numbers of any size, so that no overflow rule of the language is shared with the code under test. */
function mulberry32(seed: number, count: number): number[] {
  const wrap = (n: bigint) => n & 0xffff_ffffn
  let state = BigInt(seed)
  return Array.from({ length: count }, () => {
    state = wrap(state + 0x6d2b79f5n)
    let t = wrap((state ^ (state >> 15n)) * (state | 1n))
    t ^= wrap(t + wrap((t ^ (t >> 7n)) * (t | 61n)))
    return Number(t ^ (t >> 14n)) / 2 ** 32
  })
}

it.each([
  [0, [0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]],
  [1, [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]],
])('gives the known numbers of Mulberry32 for the seed %i', (seed, numbers) => {
  const random = seededRandom(seed)
  expect(numbers.map(() => random())).toEqual(numbers)
})

it('is Mulberry32 for every seed', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = seededRandom(seed)
      expect(Array.from({ length: 20 }, () => random())).toEqual(mulberry32(seed, 20))
    }),
  )
})

it('stays in [0, 1) and spreads evenly', () => {
  const random = seededRandom(20_230_306)
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i += 1) {
    const value = random()
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThan(1)
    const tenth = Math.floor(value * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})

it.each([
  // FNV-1a test vectors of its authors, the seed being 0.
  [0, '', 0x811c9dc5],
  [0, 'a', 0xe40c292c],
  [0, 'foobar', 0xbf9cf968],
])('derives from the seed %i and the name %j the seed %i', (seed, purpose, derived) => {
  expect(deriveSeed(seed, purpose)).toBe(derived)
})

it('derives different seeds for different purposes and for different seeds', () => {
  const derived = ['fabric', 'flows', 'load'].flatMap((name) => [
    deriveSeed(1, name),
    deriveSeed(2, name),
  ])
  expect(new Set(derived).size).toBe(6)
})

const ascending = (a: number, b: number) => a - b

it('shuffles to a permutation, and leaves what it is given alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), seeds, (items, seed) => {
      const before = [...items]
      const result = shuffled(items, seededRandom(seed))
      expect(items).toEqual(before)
      expect(result.toSorted(ascending)).toEqual(items.toSorted(ascending))
    }),
  )
})

it('shuffles three items to each of the six orders about equally often', () => {
  const random = seededRandom(5)
  const counts = new Map<string, number>()
  for (let i = 0; i < 6_000; i += 1) {
    const order = shuffled(['a', 'b', 'c'], random).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})
