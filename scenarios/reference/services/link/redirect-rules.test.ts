import { expect, it } from 'vitest'
import { targetOf } from './redirect-rules.ts'

const link = { code: 'terms', url: 'http://docs.example/terms' }
const moved = { code: 'terms', to: 'http://docs.example/legal' }
const itself = { code: 'terms', to: '/l/terms' }
const around = [
  { code: 'terms', to: '/l/help?from=terms' },
  { code: 'help', to: '/l/terms' },
]

it.each([
  ['a link without a rule leads to its target', [], false, link.url],
  ['a rule leads elsewhere', [moved], false, moved.to],
  ['a rule leads to itself when nothing looks at it', [itself], false, '/l/terms'],
  ['a rule that leads to itself does not count with the lint', [itself], true, link.url],
  ['rules that lead in a circle do not count with the lint', around, true, link.url],
  ['a rule that leads on counts with the lint', [moved], true, moved.to],
  ['a rule for another code does not count', [{ ...moved, code: 'help' }], false, link.url],
])('%s', (_what, rules, lint, expected) => {
  expect(targetOf(link, rules, lint)).toBe(expected)
})
