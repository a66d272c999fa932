import type { ByteKind } from './toxic.ts'

/** Closes the connection once `bytes` have passed; not one more does. */
export const limitData: ByteKind<'limit_data'> = {
  on: 'bytes',
  start({ bytes: limit = 0 }) {
    let left = limit
    return {
      data(piece) {
        if (piece.bytes.length < left) {
          left -= piece.bytes.length
          return [piece]
        }
        const bytes = piece.bytes.subarray(0, left)
        left = 0
        return [{ bytes, atMs: piece.atMs, thenCut: 'close' }]
      },
    }
  },
}
