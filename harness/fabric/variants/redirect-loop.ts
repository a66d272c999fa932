import type { AnswerVariant } from './variant.ts'

export const redirectLoop: AnswerVariant = {
  on: 'answer',
  title: 'redirects each address to itself',
  answer: ({ request }) =>
    Promise.resolve(new Response(null, { status: 302, headers: { location: request.url } })),
}
