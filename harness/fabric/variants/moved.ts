import type { AnswerVariant } from './variant.ts'

export const moved: AnswerVariant = {
  on: 'answer',
  title: 'answers 301 with the same path on another host',
  needsTo: true,
  answer({ request, to }) {
    const location = new URL(request.url)
    location.hostname = to
    return Promise.resolve(
      new Response(null, { status: 301, headers: { location: location.href } }),
    )
  },
}
