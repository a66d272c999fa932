import type { AnswerVariant } from './variant.ts'

const size = 4096

export const garbage: AnswerVariant = {
  on: 'answer',
  title: `answers 200 with ${size} random bytes that it calls HTML`,
  answer({ random }) {
    const body = Uint8Array.from({ length: size }, () => Math.floor(random() * 256))
    const headers = { 'content-type': 'text/html; charset=utf-8' }
    return Promise.resolve(new Response(body, { headers }))
  },
}
