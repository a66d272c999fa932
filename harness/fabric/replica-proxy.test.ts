import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

import { describe, expect, it } from 'vitest'

import { ask, openFrontDoor, startReplica, until } from './test-support.ts'

describe('spreading over replicas', () => {
  it('visits every replica in each block and says which one answered', async () => {
    await using a = await startReplica('media-1')
    await using b = await startReplica('media-2')
    await using c = await startReplica('media-3')
    await using door = await openFrontDoor([a, b, c])
    for (let block = 0; block < 5; block += 1) {
      const answers = [await ask(door.url), await ask(door.url), await ask(door.url)]
      const named = answers.map((answer) => String(answer.headers['x-aftershock-replica']))
      expect(named.toSorted()).toEqual(['media-1', 'media-2', 'media-3'])
      expect(named).toEqual(answers.map((answer) => answer.text))
    }
    await until('all to be counted', () => door.counted().answers['2xx'] === 15)
    expect(door.counted()).toMatchObject({ requests: 15, errors: 0, abandoned: 0 })
  })

  it('asks the replica that a request names, without telling it, and another when that takes no traffic', async () => {
    const told: (string | undefined)[] = []
    const hear = (id: string) =>
      startReplica(id, ({ headers }, answer) => {
        told.push(headers['x-aftershock-replica'] as string | undefined)
        answer.end(id)
      })
    await using a = await hear('media-1')
    await using b = await hear('media-2')
    await using door = await openFrontDoor([a, b])
    const wanted = (id: string) => ask(door.url, { headers: { 'x-aftershock-replica': id } })
    const ids = ['media-2', 'media-2', 'media-2', 'media-1', 'media-1', 'media-1']
    for (const id of ids) expect((await wanted(id)).text).toBe(id)
    expect((await wanted('media-3')).status).toBe(200)
    expect(told).toEqual(Array.from({ length: 7 }, () => undefined))
  })

  it('does not let a replica claim to be another', async () => {
    await using a = await startReplica('media-1', (_, answer) => {
      answer.setHeader('x-aftershock-replica', 'media-9').end()
    })
    await using door = await openFrontDoor([a])
    expect((await ask(door.url)).headers['x-aftershock-replica']).toBe('media-1')
  })

  it('answers 503 while the service has no replica', async () => {
    await using door = await openFrontDoor([])
    const answer = await ask(door.url)
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.text)).toEqual({
      error: 'fabric: no replica of media takes traffic right now',
    })
  })

  it('lets requests in flight finish on a replica that is taken out', async () => {
    let held: ServerResponse | undefined
    await using old = await startReplica('media-1', (_, answer) => (held = answer))
    let open = 0
    old.server.on('connection', (socket: Socket) => {
      open += 1
      socket.once('close', () => (open -= 1))
    })
    await using next = await startReplica('media-2')
    await using door = await openFrontDoor([old])
    const slow = ask(door.url)
    await until('the request to arrive', () => held !== undefined)
    door.upstreams.set([next.address])
    expect((await ask(door.url)).text).toBe('media-2')
    held?.end('finished')
    expect((await slow).text).toBe('finished')
    await until('the connection to be closed', () => open === 0)
  })
})

describe('a replica that fails', () => {
  it('refuses at once when its program has ended, whatever its address does, and works again when it is back', async () => {
    await using replica = await startReplica('media-1')
    await using door = await openFrontDoor([replica])
    expect((await ask(door.url)).status).toBe(200)
    door.upstreams.set([{ ...replica.address, refuses: true }])
    const answer = await ask(door.url)
    expect([answer.status, answer.headers['x-aftershock-replica']]).toEqual([502, 'media-1'])
    expect(answer.text).toContain('ECONNREFUSED')
    door.upstreams.set([replica.address])
    expect((await ask(door.url)).status).toBe(200)
  })

  it('is answered for with 502 and its name, and works again as soon as it is back', async () => {
    const first = await startReplica('media-1')
    await using door = await openFrontDoor([first])
    expect((await ask(door.url)).status).toBe(200)
    await first[Symbol.asyncDispose]()
    const answer = await ask(door.url)
    expect(answer.status).toBe(502)
    expect(answer.headers['x-aftershock-replica']).toBe('media-1')
    expect(answer.text).toContain('fabric: media-1 (127.0.0.1:')
    expect(answer.text).toContain('ECONNREFUSED')
    await using second = await startReplica('media-1')
    door.upstreams.set([second.address])
    expect((await ask(door.url)).text).toBe('media-1')
    await until('both answers to be counted', () => door.counted().answers['2xx'] === 2)
    expect(door.counted()).toMatchObject({ requests: 3, answers: { '2xx': 2 }, errors: 1 })
  })

  it('breaks the answer off where it broke off itself', async () => {
    await using a = await startReplica('media-1', (request, answer) => {
      answer.write('half', () => request.socket.destroy())
    })
    await using door = await openFrontDoor([a])
    await expect(ask(door.url)).rejects.toThrow('aborted')
    await until('the failure to be counted', () => door.counted().errors === 1)
  })

  /** Answers the first request of each connection and resets it on the second. */
  const resetsKeptConnections = async (seen: string[]) => {
    const used = new WeakSet<Socket>()
    return startReplica('media-1', (request, answer) => {
      if (used.has(request.socket)) return void request.socket.resetAndDestroy()
      used.add(request.socket)
      seen.push(request.method ?? '')
      answer.end('fresh')
    })
  }

  it('is asked once more when a kept connection turns out to be closed', async () => {
    const seen: string[] = []
    await using a = await resetsKeptConnections(seen)
    await using door = await openFrontDoor([a])
    await ask(door.url)
    expect((await ask(door.url)).text).toBe('fresh')
    expect(seen).toEqual(['GET', 'GET'])
  })

  it('is asked once more when it had closed a kept connection before it was asked', async () => {
    const sockets: Socket[] = []
    await using a = await startReplica('media-1', (request, answer) => {
      sockets.push(request.socket)
      answer.end('fresh')
    })
    await using door = await openFrontDoor([a])
    const client = connect(door.port, '127.0.0.1')
    const get = 'GET / HTTP/1.1\r\nHost: media\r\n\r\n'
    client.write(get)
    await once(client, 'data')
    const kept = () => Object.keys(door.upstreams.next()?.agent.freeSockets ?? {})
    await until('the connection to be kept', () => kept().length > 0)
    client.write(get)
    sockets[0]?.destroy()
    const [answer] = (await once(client, 'data')) as [Buffer]
    client.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
    expect(sockets[1]).not.toBe(sockets[0])
  })

  it('is not asked twice when it breaks off a request that it has read', async () => {
    const seen: string[] = []
    const used = new WeakSet<Socket>()
    await using a = await startReplica('media-1', (request, answer) => {
      seen.push(request.method ?? '')
      if (used.has(request.socket)) return void setTimeout(() => request.socket.destroy(), 20)
      used.add(request.socket)
      answer.end('fresh')
    })
    await using door = await openFrontDoor([a])
    await ask(door.url)
    expect((await ask(door.url)).status).toBe(502)
    expect(seen).toEqual(['GET', 'GET'])
    await until('the failure to be counted', () => door.counted().errors === 1)
  })

  it.each(['POST', 'PATCH'])('is not asked twice to %s', async (method) => {
    const seen: string[] = []
    await using a = await resetsKeptConnections(seen)
    await using door = await openFrontDoor([a])
    await ask(door.url)
    expect((await ask(door.url, { method })).status).toBe(502)
    expect(seen).toEqual(['GET'])
  })

  it('is not asked twice with a body, which is gone after the first time', async () => {
    await using a = await resetsKeptConnections([])
    await using door = await openFrontDoor([a])
    await ask(door.url)
    const options = { method: 'PUT', body: 'x', headers: { 'content-length': 1 } }
    expect((await ask(door.url, options)).status).toBe(502)
  })
})

describe('what passes', () => {
  it('keeps method, path, query, headers and bodies as they are', async () => {
    await using a = await startReplica('media-1', (request, answer) => {
      answer.writeHead(201, 'Made', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Case', 'Kept'])
      request.pipe(answer)
    })
    await using door = await openFrontDoor([a])
    const answer = await ask(`${door.url}/a%2Fb?x=1&x=2`, { method: 'POST', body: 'körper' })
    expect(answer.status).toBe(201)
    expect(answer.text).toBe('körper')
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(answer.rawHeaders).toContain('X-Case')
  })

  it('removes hop-by-hop headers both ways and adds none to the request', async () => {
    let received: IncomingMessage | undefined
    await using a = await startReplica('media-1', (request, answer) => {
      received = request
      answer.writeHead(200, { connection: 'x-hop, keep-alive', 'x-hop': '1', 'x-end': '1' }).end()
    })
    await using door = await openFrontDoor([a])
    const headers = {
      connection: 'close, X-Private',
      'x-private': 'secret',
      te: 'trailers',
      'keep-alive': 'timeout=5',
      'proxy-authorization': 'Basic eDp5',
      'x-kept': 'yes',
    }
    const answer = await ask(door.url, { headers })
    expect(Object.keys(received?.headers ?? {}).toSorted()).toEqual([
      'connection',
      'host',
      'x-kept',
    ])
    expect(received?.headers.connection).toBe('keep-alive')
    expect(received?.headers.host).toBe(new URL(door.url).host)
    expect(answer.headers['x-hop']).toBeUndefined()
    expect(answer.headers['x-end']).toBe('1')
  })

  it('keeps the length of a body although Connection names its header', async () => {
    await using a = await startReplica('media-1', (request, answer) => {
      answer.end(request.resume().headers['content-length'])
    })
    await using door = await openFrontDoor([a])
    const headers = { connection: 'content-length', 'content-length': '4' }
    expect((await ask(door.url, { method: 'PUT', body: 'four', headers })).text).toBe('4')
  })

  it('uses one connection for requests that follow each other', async () => {
    await using a = await startReplica('media-1')
    let connections = 0
    a.server.on('connection', () => (connections += 1))
    await using door = await openFrontDoor([a])
    for (let i = 0; i < 5; i += 1) await ask(door.url)
    expect(connections).toBe(1)
  })

  it('refuses headers beyond 32 KiB', async () => {
    await using a = await startReplica('media-1')
    await using door = await openFrontDoor([a])
    expect((await ask(door.url, { headers: { 'x-large': 'x'.repeat(33_000) } })).status).toBe(431)
  })
})

describe('a client that hangs up', () => {
  it('aborts the request to the replica, and is no failure of it', async () => {
    let closed = false
    let arrived = false
    await using a = await startReplica('media-1', (_, answer) => {
      arrived = true
      answer.once('close', () => (closed = true))
    })
    await using door = await openFrontDoor([a])
    const request = httpRequest(door.url).end()
    request.on('error', () => undefined)
    await until('the request to arrive', () => arrived)
    request.destroy()
    await until('the replica to notice', () => closed)
    await until('it to be counted', () => door.counted().abandoned === 1)
    expect(door.counted()).toMatchObject({ requests: 1, answers: {}, errors: 0 })
  })

  it('in the middle of an answer is no failure of the replica either', async () => {
    let closed = false
    await using a = await startReplica('media-1', (_, answer) => {
      answer.once('close', () => (closed = true))
      answer.write('first part')
    })
    await using door = await openFrontDoor([a])
    const request = httpRequest(door.url, { agent: new Agent() }).end()
    const [incoming] = (await once(request, 'response')) as [IncomingMessage]
    incoming.on('error', () => undefined)
    request.destroy()
    await until('the replica to notice', () => closed)
    await until('it to be counted', () => door.counted().abandoned === 1)
    expect(door.counted().errors).toBe(0)
  })
})
