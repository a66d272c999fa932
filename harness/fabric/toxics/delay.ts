import type { HttpKind } from './toxic.ts'

/** Holds the request for `delay` ms, give or take a random part of `jitter`; `factor` holds the answer in proportion to the time that the replica took. */
export const delay: HttpKind<'delay'> = {
  on: 'requests',
  strike: ({ delay: delayMs = 0, jitter = 0, factor = 1 }, { random }) => ({
    delayMs: Math.max(0, delayMs + jitter * (random() * 2 - 1)),
    factor,
  }),
}
