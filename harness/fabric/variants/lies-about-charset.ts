import { withHeader } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

export const liesAboutCharset: AnswerVariant = {
  on: 'answer',
  title: 'declares UTF-16 for a body that is not',
  async answer({ respond }) {
    const response = await respond()
    const [type = 'text/html'] = (response.headers.get('content-type') ?? '').split(';')
    return withHeader(response, 'content-type', `${type || 'text/html'}; charset=utf-16le`)
  },
}
