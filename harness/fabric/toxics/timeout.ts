import type { ByteKind } from './toxic.ts'

/** Drops everything, and closes the connection `timeout` ms after it met it; 0: when the toxic is removed. One timer, which no data restarts. */
export const timeout: ByteKind<'timeout'> = {
  on: 'bytes',
  start({ timeout: timeoutMs = 0 }, { startMs }) {
    let hasLost = false
    return {
      data() {
        hasLost = true
        return []
      },
      end() {
        hasLost = true
        return Infinity
      },
      get hasLost() {
        return hasLost
      },
      ...(timeoutMs === 0 ? {} : { cut: { atMs: startMs + timeoutMs, how: 'close' as const } }),
    }
  },
}
