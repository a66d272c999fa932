import { expect, it } from 'vitest'
import type { HttpClient, HttpRequest, HttpResponse } from '../core/index.ts'
import { AnswerBook } from './answer-book.ts'

const cell = { flow: 'read', actor: 'web' }

function client(answer: (request: HttpRequest) => unknown, type = 'application/json'): HttpClient {
  const request = (sent: HttpRequest): Promise<HttpResponse> => {
    const body = answer(sent)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return Promise.resolve({
      status: 200,
      headers: { 'content-type': type },
      bytes: new TextEncoder().encode(text),
      text: () => text,
    } as unknown as HttpResponse)
  }
  return {
    request,
    get: (path) => request({ method: 'GET', path }),
    post: (path) => request({ method: 'POST', path }),
  }
}

/** The one page after these answers, each of a flow of its own. */
async function pageOf(...answers: unknown[]) {
  const book = new AnswerBook()
  for (const answer of answers) {
    const { http, keep } = book.watch(
      cell,
      client(() => answer),
    )
    await http.get('/api/posts/1234-ab?b=1&a=2')
    keep('baseline')
  }
  return book.pages()[0]
}

it('takes fields apart by path, with types, the values while they are few, and how often they are there', async () => {
  const page = await pageOf(
    { id: 'a1', kind: 'post', likes: 0, tags: [{ name: 'x' }, { name: 'y', hot: true }] },
    { id: 'a2', kind: 'post', likes: null, tags: [] },
    { id: 'a3', kind: 'post', likes: 2, tags: [{ name: 'z' }, { name: 'q' }] },
    { id: 'a4', kind: 'post', likes: 2, tags: [] },
  )
  expect(page).toEqual({
    ...cell,
    window: 'baseline',
    request: 'GET /api/posts/:id?a&b',
    samples: 4,
    statuses: { 200: 4 },
    fields: {
      '.id': { types: ['string'] },
      '.kind': { types: ['string'], values: ['post'] },
      '.likes': { types: ['null', 'number'], values: [0, null, 2] },
      '.tags': { types: ['array'], values: ['not empty', 'empty'] },
      '.tags[]': { types: ['object'] },
      '.tags[].name': { types: ['string'] },
      '.tags[].hot': { types: ['boolean'], values: [true], share: 0.25 },
    },
  })
})

it('keeps no secret, no address of the run, and no long text', async () => {
  const page = await pageOf({
    accessToken: 'abcdef-very-secret',
    next: 'http://127.0.0.1:40123/page/2',
    text: 'x'.repeat(200),
  })
  expect(page?.fields).toEqual({
    '.accessToken': { types: ['string'], values: ['[redacted]'] },
    '.next': { types: ['string'], values: ['http://{address}/page/2'] },
    '.text': { types: ['string'], values: [`${'x'.repeat(60)}… (200)`] },
  })
})

it('is bounded in samples, fields, elements, depth and size', async () => {
  const wide = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, i]))
  expect(Object.keys((await pageOf(wide))?.fields ?? {})).toHaveLength(150)
  expect(await pageOf(...Array.from({ length: 40 }, () => ({})))).toMatchObject({ samples: 12 })
  let deep: unknown = 1
  for (let i = 0; i < 50; i += 1) deep = { a: deep }
  expect(Object.keys((await pageOf(deep))?.fields ?? {})).toHaveLength(8)
  expect(await pageOf({ text: 'x'.repeat(70_000) })).toBeUndefined()
  const long = await pageOf({ list: Array.from({ length: 1_000 }, (_, i) => (i < 20 ? 'a' : 'b')) })
  expect(long?.fields['.list[]']?.values).toEqual(['a'])
})

it('notes nothing of flows that are not kept, of what is no JSON, and of failures', async () => {
  const book = new AnswerBook()
  await book
    .watch(
      cell,
      client(() => ({ a: 1 })),
    )
    .http.get('/dropped')
  for (const http of [client(() => '<p>', 'text/html'), client(() => '{"a":')]) {
    const watched = book.watch(cell, http)
    await watched.http.get('/other')
    watched.keep('baseline')
  }
  expect(book.pages()).toEqual([])
})
