import { decode, encode, type Packet, type RecordType } from 'dns-packet'
import { expect, test } from 'vitest'

import { Resolver, type DnsOptions } from './dns.ts'
import { OutsideLog } from './outside-log.ts'

const noError = 0
const serverFailure = 2
const nameError = 3
const notImplemented = 4

function setUp(given: Partial<DnsOptions> = {}) {
  const log = new OutsideLog()
  const resolver = new Resolver({
    isSite: (host) => host === 'news.example',
    address: '10.1.0.2',
    callerAt: (address) => (address === '10.1.0.5' ? 'link-1' : 'unknown'),
    log,
    failLookup: () => undefined,
    ...given,
  })
  const ask = (name: string, type: RecordType = 'A', packet: Partial<Packet> = {}) => {
    const query = encode({ type: 'query', id: 7, questions: [{ type, name }], ...packet })
    const answer = resolver.answer(query, '10.1.0.5')
    const decoded = answer && decode(answer)
    return decoded && { id: decoded.id, code: (decoded.flags ?? 0) & 0xf, answers: decoded.answers }
  }
  return { ask, log, resolver }
}

test.each(['news.example', 'News.EXAMPLE', 'news.example.'])(
  '%s resolves to the fabric',
  (name) => {
    const answer = setUp().ask(name)
    expect(answer).toMatchObject({ id: 7, code: noError })
    expect(answer?.answers).toEqual([
      expect.objectContaining({ type: 'A', data: '10.1.0.2', ttl: 1 }),
    ])
  },
)

test('a site has no other address, and that is no error', () => {
  expect(setUp().ask('news.example', 'AAAA')).toMatchObject({ code: noError, answers: [] })
})

test('any other name does not exist, and is recorded once for a look-up with who asked', () => {
  const { ask, log } = setUp()
  expect(ask('evil.example')).toMatchObject({ code: nameError, answers: [] })
  expect(ask('evil.example', 'AAAA')).toMatchObject({ code: nameError })
  expect(log.after(0).records).toEqual([
    expect.objectContaining({
      from: 'link-1',
      method: 'DNS',
      url: 'dns://evil.example/A',
      outcome: 'refused',
      note: 'unknown host',
    }),
  ])
})

test.each([
  ['SERVFAIL', serverFailure],
  ['NXDOMAIN', nameError],
] as const)('a site whose look-up is to fail fails with %s', (failure, code) => {
  expect(setUp({ failLookup: () => failure }).ask('news.example')).toMatchObject({
    code,
    answers: [],
  })
})

test('what is no standard query is not implemented', () => {
  const status = 2 << 11
  expect(setUp().ask('news.example', 'A', { flags: status })).toMatchObject({
    code: notImplemented,
  })
})

test('what is no DNS gets no answer', () => {
  const { resolver } = setUp()
  expect(resolver.answer(Buffer.from('GET / HTTP/1.1\r\n\r\n'), '10.1.0.5')).toBeUndefined()
  expect(resolver.answer(Buffer.alloc(0), '10.1.0.5')).toBeUndefined()
})
