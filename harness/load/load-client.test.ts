import type { IncomingHttpHeaders } from 'node:http'
import { expect, it } from 'vitest'
import { FlowFailure, Redactor, type HttpRequest } from '../core/index.ts'
import { Deadline } from './deadline.ts'
import type { RequestFigures } from './http1/call.ts'
import { HttpConnections } from './http-client.ts'
import { LoadConnections } from './load-client.ts'
import { serve, type TestServer } from './test-server.ts'

function connectionsTo(gateway: TestServer, proxy = gateway): LoadConnections {
  return new LoadConnections({
    frontDoors: { gateway: gateway.url },
    entry: 'gateway',
    proxyUrl: proxy.url.replace('//', '//actor:p%40ss@'),
    redactor: new Redactor(),
    connections: 4,
    onConnect: () => undefined,
  })
}

it('gives a flow functions that may be taken off the client, and spread, as outside of load', async () => {
  await using server = await serve((request, response) => response.end(request.method))
  await using connections = connectionsTo(server)
  const deadline = new Deadline(30_000)
  const { get, post, request } = { ...connections.client({}, deadline, () => undefined) }
  const answers = await Promise.all([
    get('/'),
    post('/', {}),
    request({ method: 'PUT', path: '/' }),
  ])
  expect(answers.map((answer) => answer.text())).toEqual(['GET', 'POST', 'PUT'])
  deadline.clear()
})

it.each(['/page?q=a b', '/über/../é', '/quotes?q=\'"#part', '/plain/path?a=1&b=%20'])(
  'asks for %s as outside of load',
  async (path) => {
    await using server = await serve((request, response) => response.end(request.url))
    await using connections = connectionsTo(server)
    await using cells = new HttpConnections({
      frontDoors: { gateway: server.url },
      entry: 'gateway',
      proxyUrl: server.url,
      redactor: new Redactor(),
      connections: 1,
    })
    const deadline = new Deadline(30_000)
    const asked = await Promise.all([
      connections.client({}, deadline, () => undefined).get(path),
      cells.client({}, AbortSignal.timeout(30_000)).get(path),
    ])
    expect(asked[0]?.text()).toBe(asked[1]?.text())
    deadline.clear()
  },
)

it.each(['a', '', 'a b\r\nx: y', 'ftp://x/'])(
  'takes a path %j for a fault of the flow',
  async (path) => {
    await using server = await serve((_, response) => response.end())
    await using connections = connectionsTo(server)
    const deadline = new Deadline(30_000)
    const figures: RequestFigures[] = []
    const client = connections.client({}, deadline, (one) => figures.push(one))
    expect(() => client.get(path)).toThrow(TypeError)
    expect(figures).toEqual([])
    deadline.clear()
  },
)

it.each<HttpRequest>([
  { method: 'B AD' as 'GET', path: '/' },
  { method: 'GET', path: '/', headers: { 'x-a': 'line\r\nbreak' } },
])(
  'takes %j, which cannot be sent, for a fault of the flow, as outside of load',
  async (request) => {
    await using server = await serve((_, response) => response.end())
    await using connections = connectionsTo(server)
    await using cells = new HttpConnections({
      frontDoors: { gateway: server.url },
      entry: 'gateway',
      proxyUrl: server.url,
      redactor: new Redactor(),
    })
    const deadline = new Deadline(30_000)
    const figures: RequestFigures[] = []
    const asked = await Promise.allSettled([
      connections.client({}, deadline, (one) => figures.push(one)).request(request),
      cells.client({}, AbortSignal.timeout(30_000)).request(request),
    ])
    for (const one of asked) {
      expect(one.status).toBe('rejected')
      expect(one.status === 'rejected' && one.reason).not.toBeInstanceOf(FlowFailure)
    }
    expect([figures, server.asked]).toEqual([[], []])
    deadline.clear()
  },
)

it('measures what goes outside as what goes to the system, and tells nothing there of the actor', async () => {
  await using gateway = await serve((_, response) => response.end())
  await using proxy = await serve((_, response) => response.writeHead(503).end('down'))
  await using connections = connectionsTo(gateway, proxy)
  const deadline = new Deadline(30_000)
  const all: RequestFigures[] = []
  const client = connections.client({ 'x-app-key': 'secret' }, deadline, (one) => all.push(one))
  const answer = await client.post('http://news.example/front?a=1', 'text')
  expect(answer).toMatchObject({
    status: 503,
    exchange: {
      url: 'http://news.example/front?a=1',
      requestBody: 'text',
      responseBody: '4 bytes',
    },
  })
  expect(all).toMatchObject([{ failed: true, sentBytes: 4, receivedBytes: 4 }])
  expect(all[0]?.durationMs).toBeGreaterThan(0)
  const [asked] = proxy.asked
  expect(asked).toMatchObject({ method: 'POST', url: 'http://news.example/front?a=1' })
  expect(asked?.headers).toMatchObject({
    host: 'news.example',
    'proxy-authorization': `Basic ${btoa('actor:p@ss')}`,
  })
  expect(asked?.headers['x-app-key']).toBeUndefined()
  expect(asked?.headers['traceparent']).toContain(answer.exchange.traceId)
  deadline.clear()
})

it.each([
  ['does not answer in time', 'http://news.example/', 'timeout'],
  ['is asked for by no URL', 'http://', 'ERR_INVALID_URL'],
])('counts a request to a site that %s as failed', async (_, url, symptom) => {
  await using server = await serve(() => undefined)
  await using connections = connectionsTo(server)
  const all: RequestFigures[] = []
  const deadline = new Deadline(Infinity)
  setTimeout(() => deadline.expire(), 50)
  const client = connections.client({}, deadline, (one) => all.push(one))
  const failure = await client.get(url).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(FlowFailure)
  expect(failure).toMatchObject({ symptom, exchange: { url } })
  expect(all).toMatchObject([{ failed: true }])
})

it('each request is a trace of its own, with the fields of the actor and of the flow', async () => {
  const heads: IncomingHttpHeaders[] = []
  await using server = await serve((request, response) => {
    heads.push(request.headers)
    response.end()
  })
  await using connections = connectionsTo(server)
  const client = (headers: Record<string, string>) =>
    connections.client(headers, new Deadline(Infinity), () => undefined)
  const ada = client({ 'x-app': 'ada' })
  const answers = [
    await ada.get('/'),
    await ada.get('/'),
    await ada.get('/a?b=c'),
    await ada.get('/', { headers: { 'x-once': '1' } }),
    await ada.get('/'),
    await client({ 'x-app': 'eve' }).get('/'),
  ]
  expect(heads.map(({ host, ...head }) => [host, head['x-app'], head['x-once']])).toEqual([
    ...[undefined, undefined, undefined, '1', undefined].map((once) => [
      new URL(server.url).host,
      'ada',
      once,
    ]),
    [new URL(server.url).host, 'eve', undefined],
  ])
  const ids = heads.map(({ traceparent }) =>
    /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(String(traceparent))?.at(1),
  )
  expect(ids).toEqual(answers.map(({ exchange }) => exchange.traceId))
  expect(new Set(ids).size).toBe(answers.length)
})
