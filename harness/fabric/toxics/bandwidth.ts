import type { ByteKind, Piece } from './toxic.ts'

/** Longest time that one piece takes, so that bytes flow and do not come in lumps. */
const pieceMs = 20

/** A piece leaves when its last byte has gone over a wire of `rate` KB/s, that is `rate` bytes a millisecond, after those before it. */
export const bandwidth: ByteKind<'bandwidth'> = {
  on: 'bytes',
  start({ rate }, { startMs }) {
    let freeAtMs = startMs
    return {
      data(piece) {
        const pieces: Piece[] = []
        const size = Math.max(1, rate * pieceMs)
        for (let at = 0; at < piece.bytes.length; at += size) {
          const bytes = piece.bytes.subarray(at, at + size)
          freeAtMs = Math.max(freeAtMs, piece.atMs) + bytes.length / rate
          pieces.push({ bytes, atMs: freeAtMs })
        }
        const last = pieces.pop()
        return last ? [...pieces, { ...piece, bytes: last.bytes, atMs: last.atMs }] : [piece]
      },
    }
  },
}
