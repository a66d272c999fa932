/** Mistakes in handlers: each is a fault of the handler, told with its stack, and the next request is answered. */
import { text } from 'node:stream/consumers'

import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { site } from './site.ts'
import { askThrough, openProxy, openTunnel } from './test-support.ts'

/** A body of this one chunk, whatever that is. */
const streamed = (chunk: unknown) =>
  new HttpResponse(
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk)
        controller.close()
      },
    }),
  )
const sized = (body: string | null, length: number) =>
  new HttpResponse(body, { headers: { 'content-length': String(length) } })
const used = HttpResponse.text('used')
const returned = (value: unknown) => () => value as Response

const careless = () =>
  site('careless.example', {
    title: 'A site with mistakes',
    handlers: [
      http.get('/', () => HttpResponse.text('fine')),
      http.get('/text', () => streamed('abc')),
      http.get('/number', () => streamed(1)),
      http.get('/object', () => streamed({})),
      http.get('/null', () => streamed(null)),
      http.get('/buffer', () => streamed(new ArrayBuffer(5))),
      http.get('/late-text', () => {
        const chunks: unknown[] = [Buffer.from('begun '), 'text']
        return new HttpResponse(
          new ReadableStream({ pull: (to) => to.enqueue(chunks.shift()) }, { highWaterMark: 0 }),
        )
      }),
      http.get('/reused', () => used),
      http.get('/read', async () => {
        const response = HttpResponse.text('x')
        await response.text()
        return response
      }),
      http.get('/locked', () => {
        const response = HttpResponse.text('x')
        response.body?.getReader()
        return response
      }),
      http.get('/pull-throws', () => {
        const pull = () => {
          throw new Error('a mistake in pull')
        }
        return new HttpResponse(new ReadableStream({ pull }, { highWaterMark: 0 }))
      }),
      http.get('/nonsense', returned('nonsense')),
      http.get('/a-number', returned(7)),
      http.get('/an-object', returned({ a: 1 })),
      http.all('/short', () => sized('abc', 10)),
      http.all('/long', () => sized('abcdefghij', 3)),
      http.get('/empty', () => sized(null, 3)),
      http.get('/forgotten', returned(undefined)),
      http.get('/torn', () => {
        const start = (to: ReadableStreamDefaultController) => to.error()
        return new HttpResponse(new ReadableStream({ start }))
      }),
    ],
  })

const get = (path: string) => `http://careless.example${path}`
/** What became of a request: its status, or that there was no whole answer. */
const ended = (answer: Promise<{ status: number }>) =>
  answer.then(
    ({ status }) => status,
    () => 'broken off',
  )

describe('a mistake in a handler', () => {
  it.each([
    ['/text', 'broken off', /stream gave a String.*TextEncoder/],
    ['/number', 'broken off', /stream gave a Number/],
    ['/object', 'broken off', /stream gave a Object/],
    ['/null', 'broken off', /stream gave a Null/],
    ['/buffer', 'broken off', /stream gave a ArrayBuffer/],
    ['/late-text', 'broken off', /stream gave a String/],
    ['/read', 500, /read or sent before/],
    ['/locked', 500, /read or sent before/],
    ['/pull-throws', 'broken off', /a mistake in pull[^]*handler-fault\.test\.ts/],
    ['/nonsense', 500, /no Response: return HttpResponse\.text/],
    ['/a-number', 500, /no Response/],
    ['/an-object', 500, /no Response/],
  ])('%s is told as such', async (path, outcome, note) => {
    await using proxy = await openProxy([careless()])
    expect(await ended(askThrough(proxy, get(path)))).toBe(outcome)
    expect((await askThrough(proxy, get('/'))).text).toBe('fine')
    const record = (await proxy.recorded(2)).find(({ url }) => url === get(path))
    expect(record?.note).toMatch(/^handler threw: /)
    expect(record?.note).toMatch(note)
  })

  it('a response that is sent twice is told at the second time', async () => {
    await using proxy = await openProxy([careless()])
    const statuses = [await ended(askThrough(proxy, get('/reused')))]
    statuses.push(await ended(askThrough(proxy, get('/reused'))))
    expect(statuses).toEqual([200, 500])
    const notes = (await proxy.recorded(2)).map(({ note }) => note ?? '')
    expect(notes).toEqual(['', expect.stringContaining('make a new one for each request')])
  })
})

it('a body that is torn without a reason is meant to be', async () => {
  await using proxy = await openProxy([careless()])
  expect(await ended(askThrough(proxy, get('/torn')))).toBe('broken off')
  expect((await proxy.recorded(1))[0]?.note).toBe('the body broke off')
})

it.each([
  ['/short', 3, 10],
  ['/long', 10, 3],
  ['/empty', 0, 3],
])('a body of another length than announced ends its connection: %s', async (path, has, says) => {
  await using proxy = await openProxy([careless()])
  const { socket } = await openTunnel(proxy, 'careless.example:80')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: careless.example\r\n\r\n`)
  // Without an end of the connection this waits for ever.
  const received = await text(socket)
  expect(received).toContain(`content-length: ${says}`)
  expect(received.split('\r\n\r\n')[1]).toHaveLength(has)
  expect(await proxy.recorded(1)).toMatchObject([
    {
      status: 200,
      note: `the body has ${has} bytes, and its content-length says ${says}: the connection was closed`,
    },
  ])
})

it('an announced length without a body is in order where there is none to come', async () => {
  await using proxy = await openProxy([careless()])
  const { socket } = await openTunnel(proxy, 'careless.example:80')
  const head = (path: string) => `HEAD ${path} HTTP/1.1\r\nhost: careless.example\r\n\r\n`
  socket.write(head('/short') + head('/long'))
  const records = await proxy.recorded(2)
  expect(records.map(({ note }) => note)).toEqual([undefined, undefined])
  socket.destroy()
})

it('a handler that returns nothing is told from one that is not there', async () => {
  await using proxy = await openProxy([careless()])
  const answer = await askThrough(proxy, get('/forgotten'))
  expect([answer.status, answer.text]).toEqual([
    404,
    expect.stringContaining('is a return missing?'),
  ])
  expect((await askThrough(proxy, get('/nowhere'))).text).toContain('no handler for GET')
  const notes = (await proxy.recorded(2)).map(({ note }) => note)
  expect(notes).toEqual([expect.stringContaining('returned nothing'), 'no handler'])
})
