const plainAscii = /^[\x20-\x7e]*$/
const lineSpace = /[\t\n\v\f\r\x85\u2028\u2029]+/g
/** C0 and C1 controls, format characters (bidirectional overrides, zero-width), private use and lone surrogates. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu
const zeroWidth = /[\p{Mn}\p{Me}]/u
const wide =
  /[\p{Extended_Pictographic}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4dc0-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u

/**
 * Text from outside made safe to print: what could move the cursor, set colours, reorder or hide text becomes visible
 * as `\x1b` or `\u{202e}`; line breaks and tabs become one space. The result is one line.
 */
export function visible(text: string): string {
  if (plainAscii.test(text)) return text
  return text.replace(lineSpace, ' ').replace(invisible, escapeCharacter)
}

/** Text of several lines made safe to print, each of them. */
export function safeLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** What would turn the order of the text around it, made visible; all else stays, line breaks too. For a page, which has no cursor to move. */
export function inOrder(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escapeCharacter)
}

/** `\x1b`, `\u{202e}`. */
export function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** Every string inside of plain data, member names included, mapped. */
export function mapStrings<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, map)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [map(key), mapStrings(item as unknown, map)]),
  ) as T
}

/** Columns that visible text takes on a terminal. Never less than the truth: emoji count two each. */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

function characterWidth(character: string): number {
  if (character < '\x7f') return 1
  if (zeroWidth.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** Fills up with spaces to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** At most `width` columns, the cut shown by `ellipsis`. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text
  const room = width - displayWidth(ellipsis)
  return room < 0 ? '' : takeWidth(text, room) + ellipsis
}

function takeWidth(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const character of text) {
    used += characterWidth(character)
    if (used > width) break
    taken += character
  }
  return taken
}

export interface WrapOptions {
  readonly width: number
  /** Put before the first line, and before all others. */
  readonly first?: string
  readonly rest?: string
  /** More lines than this are cut, and the last one ends with `ellipsis`. */
  readonly maxLines?: number
  readonly ellipsis?: string
}

/** Breaks at spaces; a word longer than a line is cut into pieces. A no-break space does not break, and becomes a space. */
export function wrap(text: string, options: WrapOptions): string[] {
  const first = options.first ?? ''
  const rest = options.rest ?? ' '.repeat(displayWidth(first))
  const room = Math.max(4, options.width - Math.max(displayWidth(first), displayWidth(rest)))
  const bodies = breakWords(text, room)
  const maxLines = options.maxLines ?? Number.POSITIVE_INFINITY
  if (bodies.length > maxLines) {
    const ellipsis = options.ellipsis ?? '...'
    const last = bodies[maxLines - 1] ?? ''
    bodies.length = maxLines
    bodies[maxLines - 1] = takeWidth(last, room - displayWidth(ellipsis)) + ellipsis
  }
  return bodies.map((body, index) => (index === 0 ? first : rest) + body.replaceAll(noBreak, ' '))
}

/** A line made safe to print; when it is wider, broken at spaces, and what follows indented by two more. */
export function foldLine(line: string, width: number): string[] {
  const safe = visible(line)
  if (displayWidth(safe) <= width) return [safe]
  const first = /^ */.exec(safe)?.[0] ?? ''
  return wrap(safe, { width, first, rest: `${first}  ` })
}

const noBreak = '\u00a0'

/** For `wrap`: text that stays on one line if it fits. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', noBreak)
}

function breakWords(text: string, room: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/).filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (displayWidth(joined) <= room) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (displayWidth(line) > room) {
      const piece = takeWidth(line, room)
      lines.push(piece)
      line = line.slice(piece.length)
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}
