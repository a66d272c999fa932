/** The part of DER (ITU-T X.690) that a certificate is written in. Each function returns one complete element. */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

/** Short form below 128, else the number of length bytes and the bytes (X.690 §8.1.3). */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const significant = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.from([0x80 | significant.length]), significant])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer =>
  element(tags.sequence, ...parts)
export const set = (...parts: readonly Uint8Array[]): Buffer => element(tags.set, ...parts)
export const octetString = (content: Uint8Array): Buffer => element(tags.octetString, content)
export const utf8String = (text: string): Buffer => element(tags.utf8String, Buffer.from(text))
export const isTrue: Buffer = element(tags.boolean, Buffer.from([0xff]))

/** A positive number, most significant byte first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const significant = first < 0 ? Buffer.from([0]) : bytes.subarray(first)
  // A leading bit of 1 would make it negative.
  const sign = (significant[0] as number) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0)
  return element(tags.integer, sign, significant)
}

/** `unused` is the number of bits at the end that do not count. */
export function bitString(content: Uint8Array, unused = 0): Buffer {
  return element(tags.bitString, Buffer.from([unused]), content)
}

/** From dotted form, as '2.5.29.17' (X.690 §8.19). */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(tags.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80)
  return bytes
}

/** UTCTime to the year 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). Seconds are the smallest unit. */
export function time(at: Date): Buffer {
  const text = `${at
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(/[-:T]/g, '')}Z`
  return at.getUTCFullYear() < 2050
    ? element(tags.utcTime, Buffer.from(text.slice(2)))
    : element(tags.generalizedTime, Buffer.from(text))
}

/** Wrapped in the tag [number] of its context. */
export const explicit = (number: number, content: Uint8Array): Buffer =>
  element(0xa0 | number, content)

/** A primitive whose own tag is replaced by [number]. */
export const implicit = (number: number, content: Uint8Array): Buffer =>
  element(0x80 | number, content)
