/** What people know of MSW works here, too: each of these is an example from its documentation. */
import { delay, http, HttpResponse } from 'msw'
import { graphql } from 'msw/graphql'
import { expect, it } from 'vitest'

import { site } from './site.ts'
import { ask, askThrough, basic, openProxy } from './test-support.ts'

const shop = () =>
  site('shop.example', {
    title: 'Shop',
    handlers: [
      http.get('/slow', async () => {
        await delay(120)
        return HttpResponse.text('at last')
      }),
      http.get('/weather', function* () {
        for (let degree = 25; degree < 27; degree += 1) yield HttpResponse.json({ degree })
        return HttpResponse.json({ degree: 28 })
      }),
      http.get('/once', () => HttpResponse.text('first'), { once: true }),
      http.get('/once', () => HttpResponse.text('later')),
      http.get(
        '/login',
        () => new HttpResponse('welcome', { headers: { 'set-cookie': 'session=1; Path=/' } }),
      ),
      http.get('/me', ({ cookies }) => HttpResponse.json(cookies)),
      http.get('/items/:id', ({ params }) => HttpResponse.json(params)),
      http.get('/thrown', () => {
        // oxlint-disable-next-line typescript/only-throw-error -- MSW takes a response that is thrown for the answer
        throw HttpResponse.text('no entry', { status: 403 })
      }),
      http.all('/any', ({ request }) => HttpResponse.text(request.method)),
      http.get(/\/r[eé]g/, () => HttpResponse.text('matched')),
      http.get('/stream', () => {
        const parts = ['one ', 'two ', 'three']
        const body = new ReadableStream({
          pull(controller) {
            const part = parts.shift()
            if (part === undefined) controller.close()
            else controller.enqueue(new TextEncoder().encode(part))
          },
        })
        return new HttpResponse(body)
      }),
      graphql
        .link('http://shop.example/graphql')
        .query('Item', ({ variables }) => HttpResponse.json({ data: { item: variables } })),
    ],
  })

const get = (path: string) => `http://shop.example${path}`

it('delay', async () => {
  await using proxy = await openProxy([shop()])
  const started = performance.now()
  expect((await askThrough(proxy, get('/slow'))).text).toBe('at last')
  expect(performance.now() - started).toBeGreaterThan(110)
})

it('a generator, its last answer again and again', async () => {
  await using proxy = await openProxy([shop()])
  const degrees = []
  for (let i = 0; i < 5; i += 1)
    degrees.push(JSON.parse((await askThrough(proxy, get('/weather'))).text))
  expect(degrees).toEqual([25, 26, 28, 28, 28].map((degree) => ({ degree })))
})

it('once', async () => {
  await using proxy = await openProxy([shop()])
  const texts = []
  for (let i = 0; i < 3; i += 1) texts.push((await askThrough(proxy, get('/once'))).text)
  expect(texts).toEqual(['first', 'later', 'later'])
})

it('cookies, of the request and in the answer', async () => {
  await using proxy = await openProxy([shop()])
  const login = await askThrough(proxy, get('/login'))
  expect(login.headers['set-cookie']).toEqual(['session=1; Path=/'])
  const me = await askThrough(proxy, get('/me'), { headers: { cookie: 'a=b; c=d' } })
  expect(JSON.parse(me.text)).toMatchObject({ a: 'b', c: 'd' })
})

it.each([
  ['/items/7', '{"id":"7"}'],
  ['/thrown', 'no entry'],
  ['/any', 'GET'],
  ['/reg', 'matched'],
  ['/stream', 'one two three'],
])('%s', async (path, text) => {
  await using proxy = await openProxy([shop()])
  expect((await askThrough(proxy, get(path))).text).toBe(text)
})

it('GraphQL', async () => {
  await using proxy = await openProxy([shop()])
  const body = JSON.stringify({
    query: 'query Item($id: ID) { item(id: $id) { id } }',
    variables: { id: 7 },
  })
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  }
  const answer = await askThrough(proxy, get('/graphql'), { method: 'POST', body, headers })
  expect(JSON.parse(answer.text)).toEqual({ data: { item: { id: 7 } } })
})

it('HEAD is answered without a body', async () => {
  await using proxy = await openProxy([shop()])
  const headers = { host: 'shop.example', 'proxy-authorization': basic('actor') }
  const answer = await ask(proxy.url, { method: 'HEAD', path: get('/any'), headers })
  expect([answer.status, answer.text]).toEqual([200, ''])
})
