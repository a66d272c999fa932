/**
 * Answers of HTTP/1.1 from a stream of bytes (RFC 9112), for load, where each microsecond of a request counts. Strict: what the grammar
 * does not allow is refused, also where other clients look away, so that no two readers can disagree about where an answer ends.
 */

/** What came is no answer. */
class AnswerError extends Error {
  readonly code = 'BAD_ANSWER'

  constructor(message: string) {
    super(message)
    this.name = 'AnswerError'
  }
}

export interface ParserLimits {
  /** Bytes of a status line with its fields, and of trailers. */
  readonly headBytes: number
  readonly bodyBytes: number
}

type State =
  'head' | 'counted' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close' | 'done'

interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly keepsAlive: boolean
  /** Seconds after which the other side closes, of `keep-alive: timeout=`. */
  readonly idleSeconds: number | undefined
  readonly contentLength: number | undefined
  readonly isChunked: boolean
}

/** Status line and fields in one go: no bare CR or LF, no folded line, no space before a colon, no control character. */
const head =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/
const fields = /^(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/
/** At most 2^52 bytes. Extensions must be written as RFC 9112, 7.1.1 has them, and mean nothing here. */
const chunkSize =
  /^([\da-fA-F]{1,13})(?:;[!#$%&'*+\-.^_`|~\dA-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*"))?)*$/
const chunkLineBytes = 4_096
const empty = Buffer.alloc(0)
const blankLine = Buffer.from('\r\n\r\n')

/** One answer after the other on one connection. `begin` before each. */
export class ResponseParser {
  readonly #limits: ParserLimits
  #state: State = 'done'
  #head: Head | undefined
  #isHead = false
  /** Of a line or a head that is not complete yet. */
  #kept = empty
  #left = 0
  #size = 0
  #body = empty
  /** All of a body that came in pieces. */
  #parts: Buffer[] | undefined
  /** The connection cannot be told from the answer any more: it ends it, or bytes that nobody asked for follow. */
  #spendsConnection = false
  /** What was read last, whole, and what it says. */
  #lastBytes = empty
  #last: Head | undefined

  constructor(limits: ParserLimits) {
    this.#limits = limits
  }

  begin(method: string): void {
    this.#isHead = method === 'HEAD'
    this.#state = 'head'
    this.#kept = empty
    this.#size = 0
    this.#body = empty
    this.#parts = undefined
    this.#spendsConnection = false
  }

  /** Whether status and fields have come, those of interim answers (1xx) not counted. */
  get hasHead(): boolean {
    return this.#state !== 'head'
  }

  get status(): number {
    return this.#head?.status ?? 0
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#head?.headers ?? {}
  }

  get keepsAlive(): boolean {
    return !this.#spendsConnection && (this.#head?.keepsAlive ?? false)
  }

  get idleSeconds(): number | undefined {
    return this.#head?.idleSeconds
  }

  body(): Buffer {
    return this.#parts ? Buffer.concat(this.#parts) : this.#body
  }

  /** Takes what has come; copies what it keeps. True once the answer is complete; throws AnswerError. */
  feed(bytes: Buffer): boolean {
    let at = 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head':
          at = this.#takeHead(bytes, at)
          break
        case 'counted':
        case 'chunk':
          at = this.#takeCounted(bytes, at)
          break
        case 'until-close':
          this.#keepBody(bytes, at, bytes.length)
          at = bytes.length
          break
        case 'chunk-size':
        case 'chunk-end':
          at = this.#takeLine(bytes, at)
          break
        case 'trailers':
          at = this.#takeTrailers(bytes, at)
          break
        case 'done':
          this.#spendsConnection = true
          return true
      }
    }
    return this.#state === 'done'
  }

  /** The other side sends no more. True when that completes the answer. */
  end(): boolean {
    if (this.#state === 'until-close') this.#state = 'done'
    return this.#state === 'done'
  }

  #takeHead(bytes: Buffer, from: number): number {
    if (this.#last && this.#isLast(bytes, from)) {
      this.#begun(this.#last)
      return from + this.#lastBytes.length
    }
    const found = this.#upTo(bytes, from, blankLine, this.#limits.headBytes, 'the head')
    if (!found) {
      this.#refuseEarly()
      return bytes.length
    }
    this.#begun(this.#read(found.text))
    return found.next
  }

  /** What cannot become a head is refused now: whoever speaks another protocol may wait for us to go on. */
  #refuseEarly(): void {
    const text = this.#kept.toString('latin1')
    if ('HTTP/1.'.startsWith(text.slice(0, 7)) && !/(?:^|[^\r])\n/.test(text)) return
    throw new AnswerError('the head of the answer cannot be read')
  }

  /** The text until `mark`, its first two bytes included, and where the rest begins; undefined, and kept, when the mark has not come. */
  #upTo(
    bytes: Buffer,
    from: number,
    mark: Buffer,
    most: number,
    what: string,
  ): { text: string; next: number } | undefined {
    const before = this.#kept.length
    const all = before === 0 ? bytes : Buffer.concat([this.#kept, bytes.subarray(from)])
    const start = before === 0 ? from : 0
    const end = all.indexOf(mark, Math.max(start, before - mark.length + 1))
    if ((end < 0 ? all.length : end) - start > most) {
      throw new AnswerError(`${what} is longer than ${most} bytes`)
    }
    if (end < 0) {
      this.#kept = Buffer.from(all.subarray(start))
      return undefined
    }
    this.#kept = empty
    const next = end + mark.length - (before === 0 ? 0 : before - from)
    return { text: all.toString('latin1', start, end + 2), next }
  }

  /** Many answers in a row have the same head: what was read of one is good for the next. */
  #isLast(bytes: Buffer, from: number): boolean {
    const to = from + this.#lastBytes.length
    if (this.#kept.length > 0 || to > bytes.length) return false
    return this.#lastBytes.compare(bytes, from, to) === 0
  }

  #read(text: string): Head {
    this.#last = readHead(text)
    this.#lastBytes = Buffer.from(`${text}\r\n`, 'latin1')
    return this.#last
  }

  #begun(given: Head): void {
    const { status, contentLength, isChunked } = given
    if (status === 101) throw new AnswerError('switches to another protocol unasked')
    // Of an interim answer the state stays: the head of the answer comes next.
    if (status < 200) return
    this.#head = given
    if (this.#isHead || status === 204 || status === 304 || contentLength === 0) {
      this.#state = 'done'
    } else if (isChunked) {
      this.#state = 'chunk-size'
    } else if (contentLength === undefined) {
      this.#spendsConnection = true
      this.#state = 'until-close'
    } else {
      if (contentLength > this.#limits.bodyBytes) this.#tooLarge()
      this.#left = contentLength
      this.#state = 'counted'
    }
  }

  #takeCounted(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#left)
    this.#keepBody(bytes, from, to)
    this.#left -= to - from
    if (this.#left === 0) this.#state = this.#state === 'chunk' ? 'chunk-end' : 'done'
    return to
  }

  #keepBody(bytes: Buffer, from: number, to: number): void {
    this.#size += to - from
    if (this.#size > this.#limits.bodyBytes) this.#tooLarge()
    const piece = Buffer.allocUnsafe(to - from)
    bytes.copy(piece, 0, from, to)
    if (this.#parts) this.#parts.push(piece)
    else if (this.#body === empty) this.#body = piece
    else this.#parts = [this.#body, piece]
  }

  #takeLine(bytes: Buffer, from: number): number {
    const found = this.#upTo(bytes, from, blankLine.subarray(2), chunkLineBytes, 'a chunk line')
    if (!found) return bytes.length
    const line = found.text.slice(0, -2)
    if (this.#state === 'chunk-end') {
      if (line !== '') throw new AnswerError('a chunk is longer than it says')
      this.#state = 'chunk-size'
      return found.next
    }
    const [, digits] = chunkSize.exec(line) ?? []
    if (digits === undefined) throw new AnswerError('the size of a chunk cannot be read')
    this.#left = Number.parseInt(digits, 16)
    if (this.#size + this.#left > this.#limits.bodyBytes) this.#tooLarge()
    this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    return found.next
  }

  /** Fields after the last chunk are checked and not kept. */
  #takeTrailers(bytes: Buffer, from: number): number {
    // A first line that is empty ends them; otherwise an empty line after a field does.
    if (this.#kept.length === 0 && bytes.length - from > 1 && bytes[from] === 13) {
      if (bytes[from + 1] !== 10) throw new AnswerError('a trailer cannot be read')
      this.#state = 'done'
      return from + 2
    }
    if (this.#kept.length === 1 && this.#kept[0] === 13 && bytes[from] === 10) {
      this.#kept = empty
      this.#state = 'done'
      return from + 1
    }
    const found = this.#upTo(bytes, from, blankLine, this.#limits.headBytes, 'the trailer')
    if (!found) return bytes.length
    if (!fields.test(found.text)) throw new AnswerError('a trailer cannot be read')
    this.#state = 'done'
    return found.next
  }

  #tooLarge(): never {
    throw new Error(`the body is larger than ${this.#limits.bodyBytes} bytes`)
  }
}

function readHead(text: string): Head {
  if (!head.test(text)) throw new AnswerError('the head of the answer cannot be read')
  const headers: Record<string, string> = {}
  let lengths = 0
  for (let at = text.indexOf('\r\n') + 2; at < text.length;) {
    const end = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    const name = text.slice(at, colon).toLowerCase()
    const value = withoutSpace(text, colon + 1, end)
    if (name === 'content-length') lengths += 1
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    // Not by assignment: a field may be called __proto__.
    if (name === '__proto__') throw new AnswerError('a field has a name that nobody gives')
    headers[name] = before === undefined ? value : `${before}, ${value}`
    at = end + 2
  }
  return { status: Number(text.slice(9, 12)), headers, ...framing(text, headers, lengths) }
}

/** Tabs and spaces only: String.trim takes more, and a regular expression takes long over many spaces. */
function withoutSpace(text: string, from: number, to: number): string {
  const isSpace = (at: number) => text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9
  let start = from
  let end = to
  while (start < end && isSpace(start)) start += 1
  while (end > start && isSpace(end - 1)) end -= 1
  return text.slice(start, end)
}

/** How long the answer is and what becomes of the connection (RFC 9112, 6.3 and 9.3). */
function framing(
  text: string,
  headers: Readonly<Record<string, string>>,
  lengths: number,
): Omit<Head, 'status' | 'headers'> {
  const isOld = text.charCodeAt(7) === 48
  const { 'content-length': length, 'transfer-encoding': encoding, connection } = headers
  if (encoding !== undefined) {
    if (length !== undefined) throw new AnswerError('says its length in two ways')
    if (isOld) throw new AnswerError('is chunked in HTTP/1.0')
    if (encoding.toLowerCase() !== 'chunked') throw new AnswerError(`is encoded as ${encoding}`)
  }
  if (length !== undefined && (lengths > 1 || !/^\d{1,15}$/.test(length))) {
    throw new AnswerError(`has the length '${length}'`)
  }
  const says = (word: string) =>
    connection !== undefined &&
    connection.split(',').some((one) => one.trim().toLowerCase() === word)
  const seconds = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(headers['keep-alive'] ?? '')?.[1]
  return {
    keepsAlive: !says('close') && (!isOld || says('keep-alive')),
    idleSeconds: seconds === undefined ? undefined : Number(seconds),
    contentLength: length === undefined ? undefined : Number(length),
    isChunked: encoding !== undefined,
  }
}
