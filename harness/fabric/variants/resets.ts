import { BrokenOff, type AnswerVariant } from './variant.ts'

export const resets: AnswerVariant = {
  on: 'answer',
  title: 'resets the connection instead of an answer',
  answer: () => Promise.reject(new BrokenOff('reset', 'the site reset the connection')),
}
