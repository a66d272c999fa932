import { describe, expect, it } from 'vitest'
import { ResponseParser } from './response-parser.ts'
import { answers, type AnswerCase } from './test-answers.ts'

const limits = { headBytes: 16_384, bodyBytes: 64 * 1_024 }
const good = answers.filter(({ wanted }) => wanted)
const bad = answers.filter(({ wanted }) => !wanted)

/** Feeds the pieces one after the other, then ends the connection. Undefined: refused, or not complete. */
function parse(pieces: readonly Buffer[], method = 'GET', parser = new ResponseParser(limits)) {
  parser.begin(method)
  try {
    let isDone = false
    for (const piece of pieces) isDone = parser.feed(piece) || isDone
    if (!isDone && !parser.end()) return undefined
  } catch (error) {
    // Anything else is a fault of the parser.
    expect(String(error)).toMatch(/^AnswerError|larger than/)
    return undefined
  }
  const { status, headers, keepsAlive } = parser
  return { status, headers, keepsAlive, body: parser.body().toString('latin1') }
}

const bytesOf = ({ bytes }: AnswerCase) => Buffer.from(bytes, 'latin1')

describe('an answer', () => {
  it.each(good)('$name is taken', ({ wanted, method, ...given }) => {
    expect(parse([bytesOf(given)], method)).toMatchObject(wanted ?? {})
  })

  it.each(good)('$name is the same however it is split in two', ({ method, ...given }) => {
    const bytes = bytesOf(given)
    const whole = parse([bytes], method)
    for (let at = 1; at < bytes.length; at += bytes.length > 2_000 ? 97 : 1) {
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)], method)).toEqual(whole)
    }
  })

  it.each(good)('$name is the same byte by byte', ({ method, ...given }) => {
    const bytes = bytesOf(given)
    const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
    expect(parse(pieces, method)).toEqual(parse([bytes], method))
  })

  it('does not change when the memory that it was read into is used again', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
    const parser = new ResponseParser(limits)
    parser.begin('GET')
    for (const part of [bytes.subarray(0, 20), bytes.subarray(20, 40), bytes.subarray(40)]) {
      const memory = Buffer.from(part)
      parser.feed(memory)
      memory.fill(0)
    }
    expect(parser.body().toString()).toBe('hello')
  })
})

describe('no answer', () => {
  it.each(bad)('$name is refused, whole, in two and byte by byte', (given) => {
    const bytes = bytesOf(given)
    expect(parse([bytes])).toBeUndefined()
    const step = bytes.length > 2_000 ? 997 : 1
    for (let at = 1; at < bytes.length; at += step) {
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)])).toBeUndefined()
    }
    expect(parse(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toBeUndefined()
  })

  it.each(['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\n\n', '\x15\x03\x01'])(
    '%j is refused at once, not when the time is over',
    (text) => {
      const parser = new ResponseParser(limits)
      parser.begin('GET')
      expect(() => parser.feed(Buffer.from(text, 'latin1'))).toThrow('cannot be read')
    },
  )

  it.each([
    ['by its length', `content-length: ${limits.bodyBytes + 1}\r\n\r\n`],
    ['by a chunk', `transfer-encoding: chunked\r\n\r\n${(limits.bodyBytes + 1).toString(16)}\r\n`],
    ['until the end', `\r\n${'a'.repeat(limits.bodyBytes + 1)}`],
    [
      'by many chunks',
      `transfer-encoding: chunked\r\n\r\n${'8000\r\n'.concat('a'.repeat(32_768), '\r\n').repeat(3)}`,
    ],
  ])('a body that is too large %s is refused before it is kept', (_name, rest) => {
    const parser = new ResponseParser(limits)
    parser.begin('GET')
    expect(() => parser.feed(Buffer.from(`HTTP/1.1 200 OK\r\n${rest}`))).toThrow('larger than')
  })
})

it('one answer after the other on a connection: nothing of one is in the next', () => {
  const parser = new ResponseParser(limits)
  for (const round of [1, 2]) {
    for (const { wanted, method, ...given } of good) {
      expect(parse([bytesOf(given)], method, parser), `${given.name}, ${round}`).toMatchObject(
        wanted ?? {},
      )
    }
  }
})

it('reads a head that differs from the one before in a byte only, and one that goes on after it', () => {
  const parser = new ResponseParser(limits)
  const say = (head: string, body: string) => parse([Buffer.from(head + body)], 'GET', parser)
  const head = 'HTTP/1.1 200 OK\r\nx: a\r\ncontent-length: 2\r\n\r\n'
  expect(say(head, 'hi')).toMatchObject({ status: 200, body: 'hi' })
  expect(say(head, 'ho')).toMatchObject({ headers: { x: 'a' }, body: 'ho' })
  expect(say(head.replace('200', '503'), 'no')).toMatchObject({ status: 503, body: 'no' })
  expect(say(head.replace('h: 2', 'h: 1'), '1')).toMatchObject({ status: 200, body: '1' })
  expect(say(head.replace('2\r\n\r\n', '2\r\ny: b\r\n\r\n'), 'hi')).toMatchObject({
    headers: { x: 'a', y: 'b' },
    body: 'hi',
  })
})

it('says after how many seconds the other side closes', () => {
  const parser = new ResponseParser(limits)
  parser.begin('GET')
  parser.feed(Buffer.from('HTTP/1.1 204 No\r\nkeep-alive: max=3, timeout=5\r\n\r\n'))
  expect(parser.idleSeconds).toBe(5)
})
