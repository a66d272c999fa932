import { expect, it } from 'vitest'
import { FlowFailure } from '../core/index.ts'
import { strayFault } from './stray-fault.ts'

it.each([
  [new FlowFailure('500', 'GET /a: 500'), 'GET /a: 500'],
  ['just a text', 'just a text'],
])('what flows did not wait for is told without a place where that says nothing', (error, text) => {
  expect(strayFault(error, ['read', 'post'])).toBe(
    `one of the flows 'read', 'post' did not wait for what then failed: ${text}`,
  )
})
