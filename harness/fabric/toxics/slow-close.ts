import type { ByteKind } from './toxic.ts'

/** The end of the stream leaves `delay` ms after it came. */
export const slowClose: ByteKind<'slow_close'> = {
  on: 'bytes',
  start: ({ delay = 0 }) => ({ end: (atMs) => atMs + delay }),
}
