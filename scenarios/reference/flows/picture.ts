/** A blue PNG of 64 × 64 pixels, as text so that flows need no file and no Node. */
const base64 =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAA1BMVEUdm/CcjKw0AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAG0lEQVRYhe3BgQAAAADDoPlT3+AEVQEAAAB0DRBAAAGx1LfoAAAAAElFTkSuQmCC'

const picture = bytesOf(atob(base64))
/** Of the chunk that ends a PNG. */
const endLength = 12

/** A picture with these words in it (ASCII), so that each is another one to whoever compares bytes: a text chunk, after the PNG specification, 11.3.3.3. */
export function pictureWith(words: string): Uint8Array {
  const typed = bytesOf(`tEXtComment\0${words}`)
  const at = picture.length - endLength
  return Uint8Array.from([
    ...picture.subarray(0, at),
    ...bigEndian(typed.length - 'tEXt'.length),
    ...typed,
    ...bigEndian(crc32(typed)),
    ...picture.subarray(at),
  ])
}

/** Whether it begins and ends as a PNG does, so that no part of it is missing. All images of the site are PNGs. */
export function isWholePng(bytes: Uint8Array): boolean {
  const same = (part: Uint8Array, wanted: Uint8Array) =>
    part.length === wanted.length && part.every((byte, i) => byte === wanted[i])
  return (
    same(bytes.subarray(0, 8), picture.subarray(0, 8)) &&
    same(bytes.subarray(-endLength), picture.subarray(-endLength))
  )
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

/** As PNG wants it: polynomial 0xedb88320, reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
