import { expect, test } from 'vitest'
import { withoutOrders } from './log-orders.ts'

test.each([
  ['::error file=a,line=1::x', '\\u003a:error file=a,line=1::x'],
  ['a\n    ::stop-commands::zzz', 'a\n    \\u003a:stop-commands::zzz'],
  ['a\r::add-mask::FAIL', 'a\r\\u003a:add-mask::FAIL'],
  ['says ##[error]forged', 'says ##\\u005berror]forged'],
  ['##vso[task.complete]', '##vso\\u005btask.complete]'],
  ["##TeamCity[buildStatus text='x']", "##TeamCity\\u005bbuildStatus text='x']"],
  ['::1 refused', '::1 refused'],
  ['std::vector::at', 'std::vector::at'],
  ['## Heading [a]', '## Heading [a]'],
])('%j is printed as %j', (text, printed) => {
  expect(withoutOrders(text)).toBe(printed)
})

test('JSON still says the same', () => {
  const value = { text: '\n::error::x ##[error]y ##teamcity[z' }
  expect(JSON.parse(withoutOrders(JSON.stringify(value)))).toEqual(value)
})
