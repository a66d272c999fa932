import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import type { Toxic } from '../core/index.ts'
import { Meter } from './meter.ts'
import { createReplicaProxy } from './replica-proxy.ts'
import { ask, openFrontDoor, startReplica, until } from './test-support.ts'

const bodyOf = (size: number) => 'x'.repeat(size)

/** A kept-alive connection that has already carried a request, so that what is seen is seen on an open connection. */
async function openDoor(size = 10) {
  const stack = new AsyncDisposableStack()
  const replica = stack.use(
    await startReplica('media-1', (request, answer) => {
      request.resume()
      request.on('end', () => answer.end(bodyOf(size)))
    }),
  )
  const door = stack.use(await openFrontDoor([replica]))
  const agent = stack.adopt(new Agent({ keepAlive: true, maxSockets: 1 }), (one) => one.destroy())
  const get = async (path = '/', options: Parameters<typeof ask>[1] = {}) => {
    const started = performance.now()
    const answer = await ask(door.url + path, { agent, ...options })
    return { ...answer, ms: performance.now() - started }
  }
  await get()
  const sockets = () => Object.values(agent.freeSockets).flatMap((list) => list ?? [])
  return {
    door,
    get,
    first: sockets()[0] as Socket,
    current: () => sockets()[0],
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** What a raw client gets back for one request, until the connection ends. */
async function rawAnswer(port: number, text: string): Promise<{ bytes: Buffer; error?: string }> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let error: string | undefined
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', (one: NodeJS.ErrnoException) => (error = one.code))
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  return { bytes: Buffer.concat(chunks), ...(error ? { error } : {}) }
}

const request = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

describe('on a connection that is open', () => {
  it.each(['downstream', 'upstream'] as const)(
    'latency delays what goes %s, and no more once removed',
    async (stream) => {
      await using at = await openDoor()
      at.door.toxics.set({ type: 'latency', stream, attributes: { latency: 300 } })
      expect((await at.get()).ms).toBeGreaterThan(298)
      expect(at.current()).toBe(at.first)
      // In its place one that no request outlives: an answer shows that it is gone.
      at.door.toxics.set({ type: 'latency', stream, attributes: { latency: 600_000 } })
      at.door.toxics.remove(`latency_${stream}`)
      expect((await at.get()).status).toBe(200)
      expect(at.current()).toBe(at.first)
    },
  )

  it('what latency holds is let go when it is removed', async () => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'latency', attributes: { latency: 600_000 } })
    const asked = at.get()
    await new Promise((resolve) => setTimeout(resolve, 50))
    at.door.toxics.remove('latency_downstream')
    expect((await asked).text).toBe(bodyOf(10))
  })

  it('bandwidth takes as long as the rate says', async () => {
    await using at = await openDoor(100_000)
    at.door.toxics.set({ type: 'bandwidth', attributes: { rate: 200 } })
    const { ms, text } = await at.get()
    expect(text).toBe(bodyOf(100_000))
    expect(ms).toBeGreaterThan(490)
    expect(at.current()).toBe(at.first)
  })

  it('slicer lets everything through, in many pieces that take their time', async () => {
    await using at = await openDoor(10_000)
    const attributes = { average_size: 100, size_variation: 20, delay: 4000 }
    at.door.toxics.set({ type: 'slicer', attributes })
    const { ms, text } = await at.get()
    expect(text).toBe(bodyOf(10_000))
    expect(ms).toBeGreaterThan(300)
  })

  it('reset_peer and down reset it', async () => {
    for (const toxic of [
      { type: 'reset_peer', attributes: {} },
      { type: 'down' },
    ] as const satisfies Toxic[]) {
      await using at = await openDoor()
      const broken = once(at.first, 'close')
      at.door.toxics.set(toxic)
      await broken
      await expect(at.get()).rejects.toThrow('ECONNRESET')
      at.door.toxics.remove(`${toxic.type}_downstream`)
      expect((await at.get()).status).toBe(200)
    }
  })

  it('reset_peer with a timeout loses what comes, and resets after it: no answer is so fast that it gets through', async () => {
    await using at = await openDoor()
    expect((await at.get()).status).toBe(200)
    at.door.toxics.set({ type: 'reset_peer', attributes: { timeout: 300 } })
    await expect(at.get()).rejects.toThrow('ECONNRESET')
    at.door.toxics.remove('reset_peer_downstream')
    expect((await at.get()).status).toBe(200)
  })

  it('timeout stops data, and closes the connection when it is over', async () => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'timeout', attributes: { timeout: 200 } })
    await expect(at.get()).rejects.toThrow('socket hang up')
  })

  it('timeout 0 closes the connection only when it is removed', async () => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'timeout', attributes: { timeout: 0 } })
    let ended = false
    const asked = at
      .get()
      .then(
        () => 'answered',
        (error: Error) => error.message,
      )
      .finally(() => (ended = true))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(ended).toBe(false)
    at.door.toxics.remove('timeout_downstream')
    expect(await asked).toBe('socket hang up')
    expect((await at.get()).status).toBe(200)
  })

  it('a toxic for one replica leaves the others alone', async () => {
    await using one = await startReplica('media-1')
    await using two = await startReplica('media-2')
    await using door = await openFrontDoor([one, two])
    for (let i = 0; i < 4; i += 1) await ask(door.url)
    door.toxics.set({ type: 'reset_peer', replica: 'media-2', attributes: {} })
    const seen = await Promise.all(
      Array.from({ length: 10 }, () =>
        ask(door.url).then(
          ({ text }) => text,
          (error: NodeJS.ErrnoException) => error.code,
        ),
      ),
    )
    expect(new Set(seen)).toEqual(new Set(['ECONNRESET', 'media-1']))
    expect(seen.filter((text) => text === 'media-1')).toHaveLength(5)
  })
})

/** Two callers with a listener each, one board. */
async function openLink() {
  const stack = new AsyncDisposableStack()
  const replica = stack.use(await startReplica('media-1'))
  const door = stack.use(await openFrontDoor([replica]))
  const urls: string[] = []
  for (const caller of ['gateway-1', 'gateway-2']) {
    const server = createReplicaProxy('media', door.upstreams, new Meter(), door.toxics, caller)
    stack.defer(() => server.close().closeAllConnections())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }
  const [first = '', second = ''] = urls
  return { toxics: door.toxics, first, second, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

describe('of one caller', () => {
  it.each([
    { type: 'down', caller: 'gateway-2' },
    { type: 'reset_peer', caller: 'gateway-2', attributes: {} },
  ] as const satisfies Toxic[])('$type leaves the others alone', async (toxic) => {
    await using at = await openLink()
    at.toxics.set(toxic)
    expect((await ask(at.first)).status).toBe(200)
    await expect(ask(at.second)).rejects.toThrow('ECONNRESET')
  })

  it('status strikes the requests of this one only', async () => {
    await using at = await openLink()
    at.toxics.set({ type: 'status', caller: 'gateway-2', attributes: { status: 503 } })
    expect((await ask(at.first)).status).toBe(200)
    expect((await ask(at.second)).status).toBe(503)
  })
})

describe('byte for byte', () => {
  it('limit_data lets so many through and closes', async () => {
    await using at = await openDoor(1000)
    at.door.toxics.set({ type: 'limit_data', attributes: { bytes: 123 } })
    expect((await rawAnswer(at.door.port, request)).bytes).toHaveLength(123)
  })

  it('slow_close holds the end back', async () => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'slow_close', attributes: { delay: 300 } })
    const started = performance.now()
    await rawAnswer(at.door.port, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    expect(performance.now() - started).toBeGreaterThan(298)
  })

  it('strikes the share of connections that toxicity says, the same ones with the same seed', async () => {
    const strike = async () => {
      await using at = await openDoor()
      at.door.toxics.set({ type: 'limit_data', toxicity: 0.5, attributes: { bytes: 1 } })
      const sizes: number[] = []
      for (let i = 0; i < 20; i += 1) {
        const text = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
        sizes.push((await rawAnswer(at.door.port, text)).bytes.length === 1 ? 1 : 0)
      }
      return sizes
    }
    const struck = await strike()
    expect(new Set(struck).size).toBe(2)
    expect(await strike()).toEqual(struck)
  })
})

describe('on requests', () => {
  it('status answers in place of the replica, for those that match, and only the first', async () => {
    await using at = await openDoor()
    at.door.toxics.set({
      type: 'status',
      attributes: { status: 403, body: '{"code":467}' },
      match: { method: 'GET', path: '/api/*', headers: { 'x-flow': 'read' } },
      first: 2,
    })
    const headers = { 'x-flow': 'read' }
    expect((await at.get('/api/a')).status).toBe(200)
    expect((await at.get('/other', { headers })).status).toBe(200)
    const { status, text } = await at.get('/api/a?b', { headers })
    expect([status, text]).toEqual([403, '{"code":467}'])
    expect((await at.get('/api/b', { headers })).status).toBe(403)
    expect((await at.get('/api/c', { headers })).status).toBe(200)
  })

  it('status leaves the next request on the connection as it is when a body was not read', async () => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'status', attributes: { status: 500 }, first: 1 })
    const post = { method: 'POST', body: bodyOf(1_000_000) }
    expect((await at.get('/', post)).status).toBe(500)
    expect((await at.get('/', post)).status).toBe(200)
  })

  it('body replaces or shortens the body, with the length that belongs to it', async () => {
    await using at = await openDoor(10)
    at.door.toxics.set({ type: 'body', attributes: { replace: 'other' } })
    expect((await at.get()).text).toBe('other')
    at.door.toxics.set({ type: 'body', attributes: { keep: 0.5 } })
    const { text, headers } = await at.get()
    expect([text, headers['content-length']]).toEqual(['xxxxx', '5'])
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['gzip, br', (text: string) => brotliCompressSync(gzipSync(text))],
  ] as const)('body replaces or shortens what an answer in %s says', async (encoding, encoded) => {
    await using replica = await startReplica('media-1', (_, answer) => {
      answer.setHeader('content-encoding', encoding).setHeader('etag', '"x"')
      answer.end(encoded('0123456789'))
    })
    await using door = await openFrontDoor([replica])
    for (const [attributes, expected] of [
      [{ replace: 'other' }, 'other'],
      [{ keep: 0.5 }, '01234'],
    ] as const) {
      door.toxics.set({ type: 'body', attributes })
      const { text, headers } = await ask(door.url)
      expect(text).toBe(expected)
      expect(Object.keys(headers)).not.toContain('content-encoding')
      expect(Object.keys(headers)).not.toContain('etag')
    }
  })

  it('body breaks an answer off that is not what it says', async () => {
    await using replica = await startReplica('media-1', (_, answer) => {
      answer.setHeader('content-encoding', 'gzip').end('not at all')
    })
    await using door = await openFrontDoor([replica])
    door.toxics.set({ type: 'body', attributes: { keep: 0.5 } })
    await expect(ask(door.url)).rejects.toThrow('socket hang up')
  })

  it.each([
    [204, [undefined, undefined]],
    [205, ['0', undefined]],
    [304, [undefined, undefined]],
  ])('status %i comes without a body', async (status, expected) => {
    await using at = await openDoor()
    at.door.toxics.set({ type: 'status', attributes: { status } })
    for (let i = 0; i < 2; i += 1) {
      const { headers, text, ...answer } = await at.get()
      expect([answer.status, text]).toEqual([status, ''])
      expect([headers['content-length'], headers['transfer-encoding']]).toEqual(expected)
    }
  })

  it('header sets headers of the answer and of the request, and takes them away', async () => {
    let seen: string | undefined
    await using replica = await startReplica('media-1', (incoming, answer) => {
      seen = incoming.headers['x-asked'] as string | undefined
      answer.setHeader('x-told', 'service').end('ok')
    })
    await using door = await openFrontDoor([replica])
    const change = { type: 'header', attributes: { name: 'x-told', value: 'toxic' } } as const
    door.toxics.set(change)
    door.toxics.set({ type: 'header', stream: 'upstream', attributes: { name: 'x-asked' } })
    const { headers } = await ask(door.url, { headers: { 'X-Asked': 'y' } })
    expect([headers['x-told'], seen]).toEqual(['toxic', undefined])
  })

  it('delay holds the request, and factor the answer in proportion', async () => {
    await using replica = await startReplica('media-1', (_, answer) => {
      setTimeout(() => answer.end('ok'), 50)
    })
    await using door = await openFrontDoor([replica])
    const timed = async () => {
      const started = performance.now()
      await ask(door.url)
      return performance.now() - started
    }
    door.toxics.set({ type: 'delay', attributes: { delay: 200 } })
    expect(await timed()).toBeGreaterThan(245)
    door.toxics.set({ type: 'delay', attributes: { factor: 10 } })
    expect(await timed()).toBeGreaterThan(480)
  })
})

describe('on a switch of protocols', () => {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'x-asked': 'y' }

  async function openEcho(seen: (header: unknown) => void = () => undefined) {
    const stack = new AsyncDisposableStack()
    const echo = stack.use(await startReplica('media-1'))
    echo.server.on('upgrade', (incoming, socket) => {
      seen(incoming.headers['x-asked'])
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n',
      )
      socket.pipe(socket)
    })
    const door = stack.use(await openFrontDoor([echo]))
    return { door, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  }

  it('status answers in place of the replica', async () => {
    await using at = await openEcho()
    at.door.toxics.set({ type: 'status', attributes: { status: 503 }, match: { path: '/' } })
    expect((await ask(at.door.url, { headers })).status).toBe(503)
  })

  it('delay and header strike what is asked', async () => {
    let asked: unknown = 'nothing'
    await using at = await openEcho((header) => (asked = header))
    at.door.toxics.set({ type: 'delay', attributes: { delay: 200 } })
    at.door.toxics.set({ type: 'header', stream: 'upstream', attributes: { name: 'x-asked' } })
    const started = performance.now()
    const switching = httpRequest(at.door.url, { headers }).end()
    const [, socket] = (await once(switching, 'upgrade')) as [unknown, Socket]
    expect(performance.now() - started).toBeGreaterThan(198)
    expect(asked).toBeUndefined()
    socket.write('ping')
    expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('ping')
    socket.destroy()
  })
})

it('a tap that was on a connection is gone from it afterwards', async () => {
  await using at = await openDoor()
  const served = new Set<Socket>()
  at.door.server.on('request', (incoming) => served.add(incoming.socket))
  at.door.toxics.set({ type: 'latency', attributes: { latency: 1 } })
  await at.get()
  const [socket] = [...served] as [Socket]
  expect(Object.hasOwn(socket, 'write')).toBe(true)
  at.door.toxics.remove('latency_downstream')
  await until('the tap to go', () => !Object.hasOwn(socket, 'write'))
})

it('tells when it is taken away how many requests, or connections, it struck', async () => {
  await using at = await openDoor()
  const set = (more: object) =>
    at.door.toxics.set({ name: 't', type: 'status', attributes: { status: 500 }, ...more })
  expect(at.door.toxics.remove('t')).toBeUndefined()
  set({ match: { path: '/other' } })
  await at.get()
  expect(at.door.toxics.remove('t')).toBe(0)
  set({ match: { path: '/' } })
  await at.get()
  await at.get()
  expect(at.door.toxics.remove('t')).toBe(2)
  set({ toxicity: 0 })
  await at.get()
  expect(at.door.toxics.remove('t')).toBe(0)
  at.door.toxics.set({ name: 't', type: 'latency', attributes: { latency: 1 } })
  await at.get()
  expect(at.door.toxics.remove('t')).toBe(1)
})
