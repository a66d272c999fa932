import { errorPage } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

const retryAfterS = 30

export const rateLimited: AnswerVariant = {
  on: 'answer',
  title: `answers 429 and asks to wait ${retryAfterS} s`,
  answer() {
    const headers = { 'retry-after': String(retryAfterS) }
    return Promise.resolve(errorPage(429, 'Too Many Requests', headers))
  },
}
