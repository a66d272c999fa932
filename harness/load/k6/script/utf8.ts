/** UTF-8 without TextEncoder and TextDecoder, which k6 has only in its newest versions. Source: The Unicode Standard, section 3.9. */
const replacement = '\ufffd'

/** Lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = []
  for (const char of text) {
    const point = char.codePointAt(0) as number
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
    else if (code < 0x10000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f))
      bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    }
  }
  return Uint8Array.from(bytes)
}

/** A byte order mark is left out, and what is not well-formed becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  const parts: string[] = []
  let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (i < bytes.length) {
    const { char, length } = characterAt(bytes, i)
    parts.push(char)
    i += length
  }
  return parts.join('')
}

/** The smallest code point that needs so many bytes: what is longer than it must be is no character. */
const smallest = [0, 0, 0x80, 0x800, 0x10000]

function characterAt(bytes: Uint8Array, at: number): { char: string; length: number } {
  const first = bytes[at] as number
  if (first < 0x80) return { char: String.fromCharCode(first), length: 1 }
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  let code = first & (0xff >> (length + 1))
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i]
    if (next === undefined || (next & 0xc0) !== 0x80) return { char: replacement, length: i }
    code = (code << 6) | (next & 0x3f)
  }
  const isWrong =
    first < 0xc2 ||
    first > 0xf4 ||
    code < (smallest[length] as number) ||
    code > 0x10ffff ||
    (code >= 0xd800 && code <= 0xdfff)
  return isWrong ? { char: replacement, length: 1 } : { char: String.fromCodePoint(code), length }
}
