/** Requests that no site can be asked: who is at fault is said, and all are recorded. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

import { http, HttpResponse } from 'msw'
import { expect, it } from 'vitest'

import { site } from './site.ts'
import { askThrough, basic, openProxy, type Proxy } from './test-support.ts'

const news = site('news.example', {
  title: 'News',
  handlers: [http.all('*', () => HttpResponse.text('news'))],
})

const credentials = `proxy-authorization: ${basic('link-1')}\r\n`

/** All that comes back for what is written as it is. */
async function sendRaw(proxy: Proxy, request: string): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1')
  socket.write(request)
  return text(socket)
}

it.each([
  ['a method that does not exist', 'FOO http://news.example/ HTTP/1.1', 400, 'FOO', '/'],
  ['an address that is not encoded', 'GET http://news.example/ü HTTP/1.1', 400, 'GET', '/%C3%BC'],
])('%s is told and recorded', async (_, line, status, method, path) => {
  await using proxy = await openProxy([news])
  const answer = await sendRaw(proxy, `${line}\r\nhost: news.example\r\n${credentials}\r\n`)
  expect(answer).toContain(`HTTP/1.1 ${status} `)
  expect(answer).toContain('this is no answer of a site')
  const url = `http://news.example${path}`
  expect(await proxy.recorded(1)).toMatchObject([
    {
      from: 'link-1',
      method,
      url,
      outcome: 'answered',
      status,
      note: expect.any(String) as string,
    },
  ])
})

it('headers that are too large are told and recorded', async () => {
  await using proxy = await openProxy([news])
  const head = `GET http://news.example/ HTTP/1.1\r\nhost: news.example\r\n${credentials}`
  const answer = await sendRaw(proxy, `${head}x-big: ${'x'.repeat(20_000)}\r\n\r\n`)
  expect(answer).toContain('HTTP/1.1 431 ')
  expect(await proxy.recorded(1)).toMatchObject([{ from: 'link-1', status: 431 }])
})

it('what cannot be read at all is recorded as of nobody', async () => {
  await using proxy = await openProxy([news])
  expect(await sendRaw(proxy, '\x00\x01\x02\r\n\r\n')).toContain('HTTP/1.1 400 ')
  expect(await proxy.recorded(1)).toMatchObject([{ from: 'unknown', url: '', status: 400 }])
})

it.each([
  ['TRACE', '/', 501, 'TRACE is not served'],
  ['GET', `/${'x'.repeat(8_200)}`, 414, 'the URL is longer than 8192 characters'],
])('%s that no handler can be asked is no fault of one', async (method, path, status, note) => {
  await using proxy = await openProxy([news])
  const answer = await askThrough(proxy, `http://news.example${path}`, { method })
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(note)])
  expect(await proxy.recorded(1)).toMatchObject([{ status, note }])
})
