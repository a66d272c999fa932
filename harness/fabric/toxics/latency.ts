import type { ByteKind } from './toxic.ts'

/** Each piece leaves `latency` ms after it came, give or take a random part of `jitter`. Pieces do not wait for each other. */
export const latency: ByteKind<'latency'> = {
  on: 'bytes',
  start: (attributes, { random }) => ({
    data(piece) {
      const jitter = (attributes.jitter ?? 0) * (random() * 2 - 1)
      const delayMs = Math.max(0, (attributes.latency ?? 0) + jitter)
      return [{ ...piece, atMs: piece.atMs + delayMs }]
    },
  }),
}
