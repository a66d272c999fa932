import type { HttpKind } from './toxic.ts'

/** Another body, or the first part of it, with the length that belongs to it. */
export const body: HttpKind<'body'> = {
  on: 'requests',
  strike: ({ replace, keep = 1 }) => ({
    answerBody: (bytes) =>
      replace === undefined
        ? bytes.subarray(0, Math.floor(bytes.length * keep))
        : Buffer.from(replace),
  }),
}
