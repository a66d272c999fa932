import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { continueTrace } from './trace.ts'
import { NoAnswerError, Upstream } from './upstream.ts'

const open: { server: Server; upstream: Upstream }[] = []

afterEach(async () => {
  for (const { server, upstream } of open.splice(0)) {
    await upstream.close()
    server.close()
    server.closeAllConnections()
  }
})

async function upstreamOf(listener: RequestListener, timeoutMs = 5_000): Promise<Upstream> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const upstream = new Upstream({
    service: 'media',
    baseUrl: `http://127.0.0.1:${port}`,
    settings: () => ({ upstream: { timeoutMs }, retry: { max: 2, baseMs: 1, jitter: 0 } }),
  })
  open.push({ server, upstream })
  return upstream
}

const trace = continueTrace(undefined)

it.each([502, 503, 504])('repeats a GET after %i and gives the last answer', async (status) => {
  let calls = 0
  const upstream = await upstreamOf((_request, answer) => {
    calls++
    answer.writeHead(calls < 3 ? status : 200).end('done')
  })
  expect((await upstream.call({ path: '/', trace })).status).toBe(200)
  expect(calls).toBe(3)
})

it.each([400, 403, 404, 424, 429, 500])('never repeats after %i', async (status) => {
  let calls = 0
  const upstream = await upstreamOf((_request, answer) => {
    calls++
    answer.writeHead(status).end()
  })
  expect((await upstream.call({ path: '/', trace })).status).toBe(status)
  expect(calls).toBe(1)
})

it('repeats a GET whose connection breaks, up to the limit', async () => {
  let calls = 0
  const upstream = await upstreamOf((request) => {
    calls++
    request.socket.destroy()
  })
  await expect(upstream.call({ path: '/', trace })).rejects.toMatchObject({
    name: 'NoAnswerError',
    reason: 'connection',
  })
  expect(calls).toBe(3)
})

it('never repeats a POST', async () => {
  let calls = 0
  const upstream = await upstreamOf((_request, answer) => {
    calls++
    answer.writeHead(503).end()
  })
  const call = { method: 'POST', path: '/', body: 'x', trace } as const
  expect((await upstream.call(call)).status).toBe(503)
  expect(calls).toBe(1)
})

it('gives up on an answer that does not end in time, and does not repeat it', async () => {
  let calls = 0
  const upstream = await upstreamOf((_request, answer) => {
    calls++
    answer.writeHead(200).write('the beginning')
  }, 50)
  const failure = await upstream.call({ path: '/', trace }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(NoAnswerError)
  expect(failure).toMatchObject({ reason: 'timeout' })
  expect(calls).toBe(1)
})

it('keeps its connections, and sends the trace with a span of its own', async () => {
  const ports = new Set<number | undefined>()
  const parents: unknown[] = []
  const upstream = await upstreamOf((request, answer) => {
    ports.add(request.socket.remotePort)
    parents.push(request.headers['traceparent'])
    answer.end('ok')
  })
  for (let n = 0; n < 10; n++) await upstream.call({ path: '/', trace })
  // A second one, since the pool may not have the first back when the next call begins.
  expect(ports.size).toBeLessThanOrEqual(2)
  expect(new Set(parents).size).toBe(10)
  for (const parent of parents)
    expect(parent).toMatch(new RegExp(`^00-${trace.traceId}-\\w{16}-01$`))
})
