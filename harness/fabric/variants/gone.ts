import { errorPage } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

export const gone: AnswerVariant = {
  on: 'answer',
  title: 'answers 410 for every address',
  answer: () => Promise.resolve(errorPage(410, 'Gone')),
}
