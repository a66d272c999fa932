import { pause, withBody } from './changed.ts'
import type { AnswerVariant } from './variant.ts'

const everyMs = 50

export const drips: AnswerVariant = {
  on: 'answer',
  title: `sends its answer a byte at a time, one each ${everyMs} ms`,
  async answer({ respond, signal }) {
    const response = await respond()
    if (!response.body) return response
    const bytes = await response.bytes()
    let sent = 0
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (sent === bytes.length) return controller.close()
          if (sent > 0) await pause(everyMs, signal)
          controller.enqueue(bytes.subarray(sent, sent + 1))
          sent += 1
        },
      },
      { highWaterMark: 0 },
    )
    return withBody(response, body, bytes.length)
  },
}
