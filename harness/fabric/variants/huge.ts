import { withBody } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

const chunk = Buffer.from('<p>and so on</p>\n'.repeat(4096))

export const huge: AnswerVariant = {
  on: 'answer',
  title: 'sends its answer and then goes on without an end',
  async answer({ respond, signal }) {
    const response = await respond()
    if (!response.body) return response
    const first = await response.bytes()
    let isBegun = false
    const body = new ReadableStream<Uint8Array>(
      {
        // At the pace of the reader: one piece is in memory, whoever reads how slowly.
        pull(controller) {
          signal.throwIfAborted()
          controller.enqueue(isBegun ? chunk : first)
          isBegun = true
        },
      },
      { highWaterMark: 0 },
    )
    return withBody(response, body)
  },
}
