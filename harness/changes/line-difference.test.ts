import { expect, test } from 'vitest'
import { lineDifference } from './line-difference.ts'

test.each([
  ['equal texts have none', 'a\nb', 'a\nb', []],
  ['a line that changes', 'a\nb\nc', 'a\nx\nc', ['f:2', '- b', '+ x']],
  ['a line that comes', 'a\nc', 'a\nb\nc', ['f:2', '+ b']],
  ['a line that goes', 'a\nb\nc', 'a\nc', ['f:2', '- b']],
  ['a repeated line that comes', 'a\na', 'a\na\na', ['f:3', '+ a']],
  ['the end of the last line', 'a', 'a\n', ['f:2', '+ ']],
])('%s', (_, before, after, lines) => {
  expect(lineDifference('f', before, after)).toEqual(lines)
})

test('no more than a dozen lines are shown, and how many there are', () => {
  const many = Array.from({ length: 20 }, (__, i) => `line ${i}`).join('\n')
  const lines = lineDifference('f', 'one', many)
  expect(lines).toHaveLength(1 + 1 + 13)
  expect(lines.at(-1)).toBe('+ … (8 more lines)')
})
