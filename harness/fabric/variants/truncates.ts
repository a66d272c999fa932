import { withBody } from './changed.ts'
import { BrokenOff, type AnswerVariant } from './variant.ts'

export const truncates: AnswerVariant = {
  on: 'answer',
  title: 'announces the whole body, sends the first half and closes the connection',
  async answer({ respond }) {
    const response = await respond()
    if (!response.body) return response
    const bytes = await response.bytes()
    let isSent = false
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (isSent || bytes.length < 2) {
            return controller.error(new BrokenOff('close', 'only half of it was sent'))
          }
          isSent = true
          controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2)))
        },
      },
      { highWaterMark: 0 },
    )
    return withBody(response, body, bytes.length)
  },
}
