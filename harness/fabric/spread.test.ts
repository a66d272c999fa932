import { expect, it } from 'vitest'

import { seededRandom } from '../core/index.ts'
import { Spread } from './spread.ts'

const members = ['a', 'b', 'c', 'd']

function take(seed: number, count: number): string[] {
  const spread = new Spread<string>(seededRandom(seed))
  spread.set(members)
  return Array.from({ length: count }, () => spread.next() ?? '')
}

it('visits every member once in each block', () => {
  const taken = take(7, 400)
  for (let at = 0; at < taken.length; at += members.length) {
    expect(taken.slice(at, at + members.length).toSorted()).toEqual(members)
  }
})

it('orders blocks at random, so that no position belongs to a member', () => {
  const taken = take(7, 400)
  for (let position = 0; position < members.length; position += 1) {
    const seen = new Set(taken.filter((_, at) => at % members.length === position))
    expect(seen.size).toBe(members.length)
  }
})

it('repeats its order with the same seed, and only then', () => {
  expect(take(7, 40)).toEqual(take(7, 40))
  expect(take(7, 40)).not.toEqual(take(8, 40))
})

it('never returns a member that was taken out', () => {
  const spread = new Spread<string>(seededRandom(1))
  spread.set(members)
  spread.next()
  spread.set(['b'])
  expect([spread.next(), spread.next()]).toEqual(['b', 'b'])
})

it('has nothing to return without members', () => {
  expect(new Spread(seededRandom(1)).next()).toBeUndefined()
})
