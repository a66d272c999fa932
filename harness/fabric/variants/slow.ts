import { pause } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

const delayMs = 2_000

export const slow: AnswerVariant = {
  on: 'answer',
  title: `answers rightly, after ${delayMs} ms`,
  async answer({ respond, signal }) {
    await pause(delayMs, signal)
    return respond()
  },
}
