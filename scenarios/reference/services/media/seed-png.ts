import { crc32, deflateSync } from 'node:zlib'

/** Edge of the seeded images in pixels. */
export const SEED_IMAGE_EDGE = 64

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const HEADER = chunk('IHDR', headerData())
const PIXELS = chunk('IDAT', deflateSync(pixelRows()))
const END = chunk('IEND', Buffer.alloc(0))

/**
 * A two-coloured PNG, different for each number below 2^24. All share one set of pixels and differ in the
 * palette alone, so that making six hundred takes a millisecond or two.
 */
export function seedPng(number: number): Buffer<ArrayBuffer> {
  const colour = (number * 2_654_435_761) % 2 ** 24
  const palette = Buffer.alloc(6, 0xff)
  palette.writeUIntBE(colour, 0, 3)
  return Buffer.concat([SIGNATURE, HEADER, chunk('PLTE', palette), PIXELS, END])
}

function headerData(): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(SEED_IMAGE_EDGE, 0)
  data.writeUInt32BE(SEED_IMAGE_EDGE, 4)
  data[8] = 1 // bits per pixel
  data[9] = 3 // colours from the palette
  return data
}

function pixelRows(): Buffer {
  const bytesPerRow = 1 + SEED_IMAGE_EDGE / 8
  const rows = Buffer.alloc(bytesPerRow * SEED_IMAGE_EDGE)
  for (let y = 0; y < SEED_IMAGE_EDGE; y++) {
    // The first byte of a row names its filter and stays 0; squares of eight pixels make a chessboard.
    const square = Math.floor(y / 8) % 2
    for (let x = 1; x < bytesPerRow; x++) rows[y * bytesPerRow + x] = (x + square) % 2 ? 0xff : 0
  }
  return rows
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(typed.length + 8)
  framed.writeUInt32BE(data.length, 0)
  typed.copy(framed, 4)
  framed.writeUInt32BE(crc32(typed), typed.length + 4)
  return framed
}
