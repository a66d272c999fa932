import type { ByteKind } from './toxic.ts'

/**
 * Resets the connection at once. Toxiproxy closes its listener instead; here the port stays taken, so that nobody else can
 * get it meanwhile, and callers see connections reset instead of refused.
 */
export const down: ByteKind<'down'> = {
  on: 'bytes',
  start: (_, { startMs }) => ({ cut: { atMs: startMs, how: 'reset' } }),
}
