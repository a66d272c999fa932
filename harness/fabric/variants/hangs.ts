import { once } from 'node:events'

import { BrokenOff, type AnswerVariant } from './variant.ts'

export const hangs: AnswerVariant = {
  on: 'answer',
  title: 'takes the request and never answers',
  async answer({ signal }) {
    if (!signal.aborted) await once(signal, 'abort')
    throw new BrokenOff('reset', 'it hung until the end')
  },
}
