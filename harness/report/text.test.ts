import { expect, test } from 'vitest'
import { displayWidth, truncate, unbroken, visible, wrap } from './text.ts'

test.each([
  ['plain', 'plain'],
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\x9b2J', '\\x9b2J'],
  ['a\r\n\tb', 'a b'],
  ['\u202Egnp.exe', '\\u{202e}gnp.exe'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['lone \ud800', 'lone \\u{d800}'],
  ['bell\x07', 'bell\\x07'],
  ['שלום 日本', 'שלום 日本'],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

test.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['●✗◆◐○–·×…→', 10],
  ['🚀', 2],
])('%s takes %d columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns)
})

test('a cut text says so and never splits a wide character', () => {
  expect(truncate('timeline', 8, '…')).toBe('timeline')
  expect(truncate('timeline', 6, '…')).toBe('timel…')
  expect(truncate('日本語', 4, '…')).toBe('日…')
})

test('text is wrapped under a hanging indent', () => {
  expect(wrap('one two three', { width: 10, first: '- ' })).toEqual(['- one two', '  three'])
})

test('a word longer than the line is cut into pieces, none lost', () => {
  const lines = wrap('x'.repeat(25), { width: 10 })
  expect(lines.map((line) => line.length)).toEqual([10, 10, 5])
})

test('text that goes on beyond the last line allowed ends with an ellipsis', () => {
  expect(wrap('one two three four', { width: 8, maxLines: 2, ellipsis: '…' })).toEqual([
    'one two',
    'three…',
  ])
})

test('unbroken text stays on one line and is printed with ordinary spaces', () => {
  expect(wrap(`judge ${unbroken('0.9 s')}`, { width: 9 })).toEqual(['judge', '0.9 s'])
})
