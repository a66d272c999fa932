import type { HttpKind } from './toxic.ts'

/** Answers with a status in place of the replica, which does not get the request. */
export const status: HttpKind<'status'> = {
  on: 'requests',
  strike: (attributes) => ({
    answer: {
      status: attributes.status,
      type: attributes.content_type ?? 'application/json',
      body: attributes.body ?? JSON.stringify({ error: `toxic: status ${attributes.status}` }),
    },
  }),
}
