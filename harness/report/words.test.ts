import { expect, test } from 'vitest'
import { all, count, formatDuration, list } from './words.ts'

test.each([
  [0, '0 ms'],
  [99, '99 ms'],
  [99.7, '0.1 s'],
  [812, '0.8 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 00 s'],
  [62_000, '1 min 02 s'],
  [3_599_600, '1 h 00 min'],
  [7_530_000, '2 h 06 min'],
  [-1, 'an unknown time'],
  [Number.NaN, 'an unknown time'],
])('%d ms reads as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})

test.each([
  [0, '0 cells'],
  [1, '1 cell'],
  [34, '34 cells'],
])('%d of a noun reads as %s', (value, text) => {
  expect(count(value, 'cell')).toBe(text)
})

test('all of one is the one', () => {
  expect(all(1, 'cell')).toBe('the cell')
  expect(all(2, 'cell')).toBe('all 2 cells')
})

test('a list names its items and counts the rest', () => {
  expect(list([])).toBe('')
  expect(list(['a'])).toBe('a')
  expect(list(['a', 'b', 'c'])).toBe('a, b and c')
  expect(list(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more')
})
