import type { ByteKind } from './toxic.ts'

/** Resets the connection `timeout` ms after it met it. Until then data passes. */
export const resetPeer: ByteKind<'reset_peer'> = {
  on: 'bytes',
  start: ({ timeout = 0 }, { startMs }) => ({ cut: { atMs: startMs + timeout, how: 'reset' } }),
}
