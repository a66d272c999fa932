import { withHeader } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

export const liesAboutContentType: AnswerVariant = {
  on: 'answer',
  title: 'calls a page an image, and everything else a page',
  async answer({ respond }) {
    const response = await respond()
    const isPage = response.headers.get('content-type')?.includes('html') ?? false
    return withHeader(response, 'content-type', isPage ? 'image/png' : 'text/html')
  },
}
