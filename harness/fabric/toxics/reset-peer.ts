import type { ByteKind } from './toxic.ts'

/**
 * Resets the connection at once, or, with a `timeout`, so many ms after the first data, which gets lost as all that comes after it
 * (Toxiproxy's reset_peer.go).
 */
export const resetPeer: ByteKind<'reset_peer'> = {
  on: 'bytes',
  start({ timeout = 0 }, { startMs }) {
    if (timeout === 0) return { cut: { atMs: startMs, how: 'reset' } }
    let hasLost = false
    return {
      data({ atMs }) {
        if (hasLost) return []
        hasLost = true
        return [{ bytes: Buffer.alloc(0), atMs: atMs + timeout, thenCut: 'reset' }]
      },
      end: () => Infinity,
      get hasLost() {
        return hasLost
      },
    }
  },
}
