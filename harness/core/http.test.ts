import { expect, test } from 'vitest'
import { FlowFailure } from './http.ts'

test('a symptom is one line, whatever it was made of', () => {
  expect(new FlowFailure('500 oops\r\n## PASS\n', 'failed').symptom).toBe('500 oops ## PASS ')
})
