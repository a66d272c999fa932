/** What flows may take for granted and not every k6 has: base64 and UTF-8, as the web has them. Only what is missing is added. */
import encoding from 'k6/encoding'
import { utf8Bytes, utf8Text } from './utf8.ts'

class Encoder {
  readonly encoding = 'utf-8'
  encode(text = ''): Uint8Array {
    return utf8Bytes(text)
  }
}

class Decoder {
  readonly encoding = 'utf-8'
  decode(bytes: Uint8Array = new Uint8Array()): string {
    return utf8Text(bytes)
  }
}

function fromBase64(text: string): string {
  const bytes = new Uint8Array(encoding.b64decode(text))
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function toBase64(text: string): string {
  return encoding.b64encode(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer)
}

const known = globalThis as Record<string, unknown>
if (!known['atob']) known['atob'] = fromBase64
if (!known['btoa']) known['btoa'] = toBase64
if (!known['TextEncoder']) known['TextEncoder'] = Encoder
if (!known['TextDecoder']) known['TextDecoder'] = Decoder
