import { errorPage } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

const errors = [
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
] as const

export const serverErrors: AnswerVariant = {
  on: 'answer',
  title: 'answers 500, 502, 503 or 504, as it comes',
  answer({ random }) {
    const [status, text] = errors[Math.floor(random() * errors.length)] ?? errors[0]
    return Promise.resolve(errorPage(status, text))
  },
}
