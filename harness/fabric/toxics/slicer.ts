import type { Random } from '../../core/index.ts'
import type { ByteKind } from './toxic.ts'

/** Cuts pieces into small ones, which leave `delay` microseconds after each other. */
export const slicer: ByteKind<'slicer'> = {
  on: 'bytes',
  start({ average_size: average, size_variation: variation = 0, delay = 0 }, { random, startMs }) {
    const apartMs = delay / 1000
    let lastMs = startMs - apartMs
    return {
      data(piece) {
        const ends = cuts(0, piece.bytes.length, average, variation, random)
        const slices = ends.map((end, i) => {
          lastMs = Math.max(piece.atMs, lastMs + apartMs)
          return { bytes: piece.bytes.subarray(ends[i - 1] ?? 0, end), atMs: lastMs }
        })
        // What comes after the piece comes after its last slice.
        return [...slices.slice(0, -1), { ...piece, ...slices.at(-1) }]
      },
    }
  },
}

/** Where slices end. In halves, each moved by up to `variation`, until they are small enough (Toxiproxy's slicer.go). */
function cuts(
  start: number,
  end: number,
  average: number,
  variation: number,
  random: Random,
): number[] {
  if (end - start <= average + variation) return [end]
  const moved = Math.round((random() * 2 - 1) * variation)
  const middle = start + Math.floor((end - start) / 2) + moved
  const at = Math.min(end - 1, Math.max(start + 1, middle))
  return [
    ...cuts(start, at, average, variation, random),
    ...cuts(at, end, average, variation, random),
  ]
}
