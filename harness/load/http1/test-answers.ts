/** Bytes as a server might send them, and what they say. Undefined: no answer at all. */
export interface AnswerCase {
  readonly name: string
  readonly bytes: string
  readonly method?: 'GET' | 'HEAD'
  readonly wanted?: {
    readonly status: number
    readonly body: string
    readonly headers?: Readonly<Record<string, string>>
    readonly keepsAlive: boolean
  }
}

const ok = 'HTTP/1.1 200 OK\r\n'
const good = (
  name: string,
  bytes: string,
  status: number,
  body: string,
  keepsAlive: boolean,
  more: Partial<AnswerCase> & { headers?: Readonly<Record<string, string>> } = {},
): AnswerCase => {
  const { headers, ...rest } = more
  return {
    name,
    bytes,
    wanted: { status, body, keepsAlive, ...(headers ? { headers } : {}) },
    ...rest,
  }
}
const bad = (name: string, bytes: string): AnswerCase => ({ name, bytes })

export const answers: readonly AnswerCase[] = [
  good('a counted body', `${ok}content-length: 5\r\n\r\nhello`, 200, 'hello', true, {
    headers: { 'content-length': '5' },
  }),
  good('an empty body', `${ok}content-length: 0\r\n\r\n`, 200, '', true),
  good('no reason and no space', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\na', 200, 'a', true),
  good('an empty reason', 'HTTP/1.1 403 \r\ncontent-length: 1\r\n\r\na', 403, 'a', true),
  good('names in any case', `${ok}Content-LENGTH:1\r\nX-A:  b \t\r\n\r\na`, 200, 'a', true, {
    headers: { 'content-length': '1', 'x-a': 'b' },
  }),
  good('a field twice', `${ok}x-a: 1\r\nX-A: 2\r\ncontent-length: 0\r\n\r\n`, 200, '', true, {
    headers: { 'x-a': '1, 2', 'content-length': '0' },
  }),
  good(
    'an empty value',
    `${ok}x-a:\r\nx-b: \r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n`,
    200,
    '',
    true,
    { headers: { 'x-a': '', 'x-b': '', connection: 'keep-alive', 'content-length': '0' } },
  ),
  good(
    'many spaces',
    `${ok}x-a: ${' '.repeat(9_000)}b\r\ncontent-length: 0\r\n\r\n`,
    200,
    '',
    true,
  ),
  good(
    '100, then the answer',
    `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    200,
    'a',
    true,
  ),
  good(
    '103 twice, then the answer',
    `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    200,
    'a',
    true,
    { headers: { 'content-length': '1' } },
  ),
  good('204', 'HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n', 204, '', true),
  good(
    '304 with a length',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    304,
    '',
    true,
  ),
  good('HEAD with a length', `${ok}content-length: 5\r\n\r\n`, 200, '', true, { method: 'HEAD' }),
  good('HEAD, chunked', `${ok}transfer-encoding: chunked\r\n\r\n`, 200, '', true, {
    method: 'HEAD',
  }),
  good('HEAD without a length', `${ok}x-a: b\r\n\r\n`, 200, '', true, { method: 'HEAD' }),
  good(
    'chunks',
    `${ok}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    200,
    'hello0123456789',
    true,
  ),
  good(
    'chunks by another case',
    `${ok}Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n000\r\n\r\n`,
    200,
    'a',
    true,
  ),
  good('no chunk', `${ok}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 200, '', true),
  good(
    'chunks with extensions',
    `${ok}transfer-encoding: chunked\r\n\r\n1;a=b;c;d="e;\\"f"\r\na\r\n0;last\r\n\r\n`,
    200,
    'a',
    true,
  ),
  good(
    'chunks with trailers',
    `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-sum: 1\r\nx-b: 2\r\n\r\n`,
    200,
    'a',
    true,
  ),
  good(
    'a chunk that looks like an end',
    `${ok}transfer-encoding: chunked\r\n\r\n7\r\n0\r\n\r\nab\r\n0\r\n\r\n`,
    200,
    '0\r\n\r\nab',
    true,
  ),
  good('until the end', `${ok}\r\nall that comes`, 200, 'all that comes', false),
  good('nothing until the end', `${ok}\r\n`, 200, '', false),
  good('close', `${ok}connection: close\r\ncontent-length: 1\r\n\r\na`, 200, 'a', false),
  good(
    'close among others',
    `${ok}connection: x-a, Close\r\ncontent-length: 1\r\n\r\na`,
    200,
    'a',
    false,
  ),
  good('HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', 200, 'a', false),
  good(
    'HTTP/1.0, kept',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\na',
    200,
    'a',
    true,
  ),
  good('more than the answer', `${ok}content-length: 1\r\n\r\nab`, 200, 'a', false),
  good(
    'another answer behind it',
    `${ok}content-length: 1\r\n\r\na${ok}content-length: 1\r\n\r\nb`,
    200,
    'a',
    false,
  ),

  bad('nothing', ''),
  bad('another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'),
  bad('TLS', '\x15\x03\x01\x00\x02\x02\x46'),
  bad('a newline first', `\r\n${ok}content-length: 0\r\n\r\n`),
  bad('HTTP/2', 'HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('HTTP/1.2', 'HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('a status of four digits', 'HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('a status below 100', 'HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('two spaces before the status', 'HTTP/1.1  200 OK\r\ncontent-length: 0\r\n\r\n'),
  bad('lines without CR', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'),
  bad('a line without CR', `${ok}x-a: b\ncontent-length: 0\r\n\r\n`),
  bad('a CR in a value', `${ok}x-a: b\rc\r\ncontent-length: 0\r\n\r\n`),
  bad('a zero byte in a value', `${ok}x-a: b\0c\r\ncontent-length: 0\r\n\r\n`),
  bad('a folded line', `${ok}x-a: b\r\n c\r\ncontent-length: 0\r\n\r\n`),
  bad('a space before the colon', `${ok}content-length : 0\r\n\r\n`),
  bad('a line without a colon', `${ok}x-a\r\ncontent-length: 0\r\n\r\n`),
  bad('a field without a name', `${ok}: a\r\ncontent-length: 0\r\n\r\n`),
  bad('a name that is none', `${ok}x(a): b\r\ncontent-length: 0\r\n\r\n`),
  bad('a prototype', `${ok}__proto__: a\r\ncontent-length: 0\r\n\r\n`),
  bad('a negative length', `${ok}content-length: -1\r\n\r\n`),
  bad('a length with a plus', `${ok}content-length: +1\r\n\r\na`),
  bad('a length in hex', `${ok}content-length: 0x1\r\n\r\na`),
  bad('an empty length', `${ok}content-length:\r\n\r\na`),
  bad('a length beyond all numbers', `${ok}content-length: 99999999999999999999\r\n\r\na`),
  bad('two lengths', `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
  bad('the same length twice', `${ok}content-length: 1\r\ncontent-length: 1\r\n\r\na`),
  bad('lengths in a list', `${ok}content-length: 1, 1\r\n\r\na`),
  bad(
    'a length and chunks',
    `${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  bad('an encoding that is not known', `${ok}transfer-encoding: gzip\r\n\r\na`),
  bad('chunked twice', `${ok}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n`),
  bad('chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
  bad('a size that is no number', `${ok}transfer-encoding: chunked\r\n\r\nx\r\na\r\n0\r\n\r\n`),
  bad('a size with a sign', `${ok}transfer-encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n`),
  bad('a size with 0x', `${ok}transfer-encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`),
  bad('a size with a space', `${ok}transfer-encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n`),
  bad(
    'a size beyond all numbers',
    `${ok}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n`,
  ),
  bad(
    'an extension without a name',
    `${ok}transfer-encoding: chunked\r\n\r\n1; a\r\na\r\n0\r\n\r\n`,
  ),
  bad('a size without CR', `${ok}transfer-encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n`),
  bad('an empty size', `${ok}transfer-encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n`),
  bad('a chunk longer than it says', `${ok}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`),
  bad('a trailer that is none', `${ok}transfer-encoding: chunked\r\n\r\n0\r\nx a\r\n\r\n`),
  bad('no end after the last chunk', `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n`),
  bad('half a body', `${ok}content-length: 5\r\n\r\nhel`),
  bad('half a head', `${ok}content-le`),
  bad(
    'a switch of protocols',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
  ),
  bad('only 100', 'HTTP/1.1 100 Continue\r\n\r\n'),
  bad('a head that is too large', `${ok}x-a: ${'a'.repeat(17_000)}\r\ncontent-length: 0\r\n\r\n`),
  bad('a head without an end', `${ok}${'x-a: b\r\n'.repeat(5_000)}`),
]
