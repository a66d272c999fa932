import { expect, it } from 'vitest'
import { seededRandom, type JournalEvent } from '../core/index.ts'
import { findLeaks } from './leaks.ts'

const random = seededRandom(41)

/** Ten minutes of a program, read each second: memory in MB and descriptors by the second. */
function readings(
  memoryMb: (second: number) => number,
  descriptors: (second: number) => number,
  seconds = 600,
): JournalEvent[] {
  return Array.from({ length: seconds }, (_, second) => ({
    kind: 'resources.read' as const,
    atMs: second * 1_000,
    replicas: [
      {
        replica: 'media-1',
        memoryBytes: memoryMb(second) * 2 ** 20,
        descriptors: descriptors(second),
      },
    ],
  }))
}

/** Garbage heaps up for 20 s, and is collected. */
const sawtooth = (second: number) => 80 + (second % 20) * 3 + random() * 4
/** As a program that is new: up by 60 MB in half a minute, and then no more. */
const warmingUp = (second: number) => sawtooth(second) + 60 * Math.min(1, second / 28)
/** A cache that is full by then, with 150 MB. */
const filling = (untilSecond: number) => (second: number) =>
  sawtooth(second) + 150 * Math.min(1, second / untilSecond)
const few = () => 30 + Math.floor(random() * 6)

it.each([
  ['collects its garbage', sawtooth, few, 'steady', 'steady'],
  ['warms up', warmingUp, few, 'steady', 'steady'],
  ['fills a cache for half of the time', filling(300), few, 'steady', 'steady'],
  ['fills a cache for three quarters of the time', filling(450), few, 'steady', 'steady'],
  ['loses 10 MB a minute', (s: number) => sawtooth(s) + s / 6, few, 'leak', 'steady'],
  [
    'loses 1 MB a minute, which is less than counts',
    (s: number) => sawtooth(s) + s / 60,
    few,
    'steady',
    'steady',
  ],
  ['keeps a socket open each second', sawtooth, (s: number) => few() + s, 'steady', 'leak'],
])('of a program that %s: memory %4$s, descriptors %5$s', (_, memory, open, ...expected) => {
  const found = findLeaks(readings(memory, open))
  expect(found.map(({ what, judgement }) => [what, judgement])).toEqual([
    ['memory', expected[0]],
    ['descriptors', expected[1]],
  ])
})

it('says how much it is in an hour', () => {
  const [memory] = findLeaks(readings((second) => sawtooth(second) + second / 6, few))
  expect(memory?.perHour).toBeGreaterThan(500)
  expect(memory?.perHour).toBeLessThan(700)
})

it('does not know after half a minute', () => {
  const found = findLeaks(readings((second) => 80 + second, few, 30))
  expect(found.map(({ judgement }) => judgement)).toEqual(['unknown', 'unknown'])
  expect(findLeaks([])).toEqual([])
})

it('tells what was read, in whole descriptors, and nothing below 0, where they fall', () => {
  const falling = (second: number) => Math.max(12, 1_888 - second * 40)
  const [, found] = findLeaks(readings(sawtooth, falling, 120))
  // The first span after the quarter ends with second 35.
  expect(found).toMatchObject({ judgement: 'steady', from: 1_888 - 35 * 40, to: 12 })
  expect(Number.isInteger(found?.perHour)).toBe(true)
})

it('tells what was read where they rise, and how much that is by the trend', () => {
  const [, found] = findLeaks(readings(sawtooth, (second) => 30 + 2 * second, 600))
  const { from = 0, to = 0, grown = 0 } = found ?? {}
  const read = Array.from({ length: 600 }, (_, second) => 30 + 2 * second)
  expect(read).toEqual(expect.arrayContaining([from, to]))
  expect(Math.abs(grown - (to - from))).toBeLessThanOrEqual(2)
})
