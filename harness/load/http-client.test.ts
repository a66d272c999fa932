import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { FlowFailure, Redactor, type Exchange, type HttpClient } from '../core/index.ts'
import { HttpConnections } from './http-client.ts'
import { serve, type TestServer } from './test-server.ts'

const never = new AbortController().signal
const actorHeaders = { 'x-app-key': 'web-secret-key', 'accept-language': 'en' }

let stack: AsyncDisposableStack
let redactor: Redactor
beforeEach(() => {
  stack = new AsyncDisposableStack()
  redactor = new Redactor()
})
afterEach(() => stack.disposeAsync())

interface World {
  readonly gateway: TestServer
  readonly media: TestServer
  readonly proxy: TestServer
  client(signal?: AbortSignal): HttpClient
}

/** Two services, the first of which answers as given, and a proxy that says what it was asked for. */
async function world(answer: RequestListener): Promise<World> {
  const gateway = stack.use(await serve(answer))
  const media = stack.use(await serve((_, response) => response.end('media')))
  const proxy = stack.use(
    await serve((request, response) => {
      response.end(`outside ${request.url}`)
    }),
  )
  const connections = stack.use(
    new HttpConnections({
      frontDoors: { gateway: gateway.url, media: media.url },
      entry: 'gateway',
      proxyUrl: proxy.url.replace('//', '//actor:p%40ss@'),
      redactor,
    }),
  )
  return {
    gateway,
    media,
    proxy,
    client: (signal = never) => connections.client(actorHeaders, signal),
  }
}

async function failureOf(promise: Promise<unknown>): Promise<FlowFailure & { exchange: Exchange }> {
  const error = await promise.then(
    () => new Error('did not fail'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(FlowFailure)
  return error as FlowFailure & { exchange: Exchange }
}

describe('a request', () => {
  it('goes to the entry with the headers of the actor, a trace, and those of its own on top', async () => {
    const { gateway, client } = await world((_, response) => response.end('ok'))
    const answer = await client().get('/a?b=1', { headers: { 'accept-language': 'de' } })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.text()).toBe('ok')
    expect(gateway.asked[0]).toMatchObject({
      method: 'GET',
      url: '/a?b=1',
      headers: { 'x-app-key': 'web-secret-key', 'accept-language': 'de' },
    })
    const { traceId } = answer.exchange
    expect(traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(gateway.asked[0]?.headers['traceparent']).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`),
    )
  })

  it('is no failure of the system where the path is none', async () => {
    const { gateway, client } = await world((_, response) => response.end())
    await expect(client().get('a')).rejects.toThrow(TypeError)
    expect(gateway.asked).toEqual([])
  })

  it('can name another service', async () => {
    const { gateway, client } = await world((_, response) => response.end())
    expect((await client().get('/', { service: 'media' })).text()).toBe('media')
    expect(gateway.asked).toEqual([])
  })

  it('to a service that the stack does not have is a fault of the scenario', async () => {
    const { client } = await world((_, response) => response.end())
    await expect(client().get('/', { service: 'mdeia' })).rejects.toMatchObject({
      code: 'INVALID_SCENARIO',
      hint: 'the stack has gateway, media',
    })
  })

  it.each<[string, unknown, string, string | undefined]>([
    ['an object as JSON', { a: 1 }, '{"a":1}', 'application/json'],
    ['a string as it is', 'a=1', 'a=1', undefined],
    ['bytes as they are', new Uint8Array([97, 98]), 'ab', undefined],
    ['nothing', undefined, '', undefined],
  ])('sends %s', async (_name, body, received, type) => {
    const { client } = await world((request, response) => {
      void text(request).then((sent) =>
        response.end(JSON.stringify([sent, request.headers['content-type']])),
      )
    })
    expect((await client().post('/', body)).json()).toEqual(
      type === undefined ? [received, null] : [received, type],
    )
  })

  it('is answered by a redirect that is not followed', async () => {
    const { client } = await world((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    )
    expect(await client().get('/')).toMatchObject({
      status: 302,
      headers: { location: 'http://127.0.0.1:9/' },
    })
  })
})

describe('the exchange of an answer', () => {
  it('shows both sides, without secrets', async () => {
    redactor.addValue('s3cr3t-session')
    const { gateway, client } = await world((_, response) =>
      response
        .writeHead(403, {
          'content-type': 'application/json',
          'set-cookie': ['sid=abc', 'other=def'],
          'x-aftershock-replica': 'gateway-2',
          vary: 'accept',
        })
        .end('{"code":467,"token":"t","of":"s3cr3t-session"}'),
    )
    const { exchange } = await client().post('/login', { user: 'ada', password: 'lovelace' })
    expect(exchange).toMatchObject({
      method: 'POST',
      url: `${gateway.url}/login`,
      requestHeaders: {
        'x-app-key': '[redacted]',
        'accept-language': 'en',
        'content-type': 'application/json',
      },
      requestBody: '{"user":"ada","password":"[redacted]"}',
      status: 403,
      responseHeaders: { 'set-cookie': '[redacted]', vary: 'accept' },
      responseBody: '{"code":467,"token":"[redacted]","of":"[redacted]"}',
      servedBy: 'gateway-2',
    })
    expect(exchange.durationMs).toBeGreaterThan(0)
  })

  it('keeps the beginning of a long text, in which no part of a secret is left at the cut', async () => {
    redactor.addValue('s3cr3t-session')
    const body = `${'x'.repeat(2_040)}s3cr3t-session${'y'.repeat(1_000)}`
    const { client } = await world((_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end(body),
    )
    const { exchange } = await client().get('/')
    expect(exchange.responseBody).toBe(`${'x'.repeat(2_040)}[redacte… (${body.length} bytes)`)
  })

  it('says how long a body is that is not text', async () => {
    const { client } = await world((_, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(5_000)),
    )
    const answer = await client().post('/', new Uint8Array(7))
    expect(answer.bytes).toHaveLength(5_000)
    expect(answer.exchange).toMatchObject({
      requestBody: '7 bytes',
      responseBody: '5000 bytes of image/png',
    })
  })
})

describe('a body that is not JSON', () => {
  it('fails with its status, its beginning and the exchange', async () => {
    const { client } = await world((_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    )
    const answer = await client().get('/')
    const failure = await failureOf((async () => answer.json())())
    expect(failure).toMatchObject({
      symptom: '502 not JSON',
      message: 'the answer is not JSON: <h1>Bad gateway</h1>',
      exchange: { status: 502, responseBody: '<h1>Bad gateway</h1>' },
    })
  })

  it('shows no part of a secret at the cut', async () => {
    redactor.addValue('s3cr3t-session')
    const { client } = await world((_, response) => response.end(`${'x'.repeat(72)}s3cr3t-session`))
    const answer = await client().get('/')
    const failure = await failureOf((async () => answer.json())())
    expect(failure.message).toBe(`the answer is not JSON: ${'x'.repeat(72)}[redacte`)
  })
})

describe('without an answer', () => {
  it('a request that its signal cuts off is a timeout, and shows what was asked', async () => {
    const { client } = await world(() => undefined)
    const failure = await failureOf(client(AbortSignal.timeout(30)).get('/slow'))
    expect(failure.symptom).toBe('timeout')
    expect(failure.message).toMatch(/^GET http:\/\/127.*\/slow: no complete answer in time$/)
    expect(failure.exchange).toMatchObject({ method: 'GET', error: failure.message })
    expect(failure.exchange.status).toBeUndefined()
  })

  it('a body that never ends is a timeout', async () => {
    const { client } = await world((_, response) => void response.writeHead(200).write('a'))
    expect((await failureOf(client(AbortSignal.timeout(50)).get('/'))).symptom).toBe('timeout')
  })

  it.each<[string, RequestListener]>([
    ['before the answer', (request) => void request.socket.resetAndDestroy()],
    [
      'in the middle of the body',
      (request, response) => {
        response.writeHead(200, { 'content-length': '9' }).write('a', () => {
          setTimeout(() => request.socket.resetAndDestroy(), 5)
        })
      },
    ],
    ['by a close without an answer', (request) => void request.socket.end()],
  ])('a connection that ends %s is a connection reset', async (_name, answer) => {
    const { client } = await world(answer)
    expect((await failureOf(client().get('/'))).symptom).toBe('connection reset')
  })

  it('a port on which nobody listens is a connection refused', async () => {
    const { gateway, client } = await world(() => undefined)
    await gateway[Symbol.asyncDispose]()
    const failure = await failureOf(client().get('/'))
    expect(failure.symptom).toBe('connection refused')
    expect(failure.message).toContain('ECONNREFUSED')
  })

  it('a body larger than 32 MiB is not taken', async () => {
    const chunk = Buffer.alloc(1_024 * 1_024)
    const { client } = await world((_, response) => {
      let sent = 0
      const more = () => {
        while (sent < 40 && !response.destroyed) {
          sent += 1
          if (!response.write(chunk)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    const failure = await failureOf(client().get('/'))
    expect(failure).toMatchObject({ symptom: 'request failed' })
    expect(failure.message).toContain('larger than 33554432 bytes')
  })
})

describe('an absolute URL', () => {
  it('goes through the proxy with its credentials, and without the headers of the actor', async () => {
    const { gateway, proxy, client } = await world((_, response) => response.end())
    const answer = await client().get('http://news.example/front?a=1', {
      headers: { accept: '*/*' },
    })
    expect(answer.text()).toBe('outside http://news.example/front?a=1')
    expect(gateway.asked).toEqual([])
    expect(proxy.asked[0]?.headers).toMatchObject({
      host: 'news.example',
      accept: '*/*',
      'proxy-authorization': `Basic ${btoa('actor:p@ss')}`,
    })
    expect(proxy.asked[0]?.headers['x-app-key']).toBeUndefined()
    expect(JSON.stringify(answer.exchange)).not.toContain(btoa('actor:p@ss'))
  })
})

it('has no connection left once it is disposed of, those with a request in flight included', async () => {
  const { gateway, client } = await world((_, response) => void response.write('a'))
  const inFlight = failureOf(client().get('/'))
  await expect.poll(() => gateway.asked.length).toBe(1)
  const closed = new Promise((resolve) => gateway.asked[0]?.socket.once('close', resolve))
  await stack.disposeAsync()
  expect((await inFlight).symptom).not.toBe('timeout')
  await closed
})
