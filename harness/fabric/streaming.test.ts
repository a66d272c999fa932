import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { expect, it } from 'vitest'

import { ask, openFrontDoor, startReplica } from './test-support.ts'

const mebibyte = 1024 * 1024

it('passes each chunk on before the next one is sent, in both directions', async () => {
  await using echo = await startReplica('media-1', (request, answer) => {
    answer.flushHeaders()
    request.pipe(answer)
  })
  await using door = await openFrontDoor([echo])
  const request = httpRequest(door.url, { method: 'POST', agent: false })
  request.flushHeaders()
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  for (const part of ['one', 'two', 'three']) {
    request.write(part)
    const [received] = (await once(incoming, 'data')) as [Buffer]
    expect(String(received)).toBe(part)
  }
  request.end()
  await once(incoming, 'end')
})

it('lets a fast replica run ahead of a slow reader by no more than buffers hold', async () => {
  const total = 64 * mebibyte
  let sent = 0
  await using source = await startReplica('media-1', (_, answer) => {
    const chunk = Buffer.alloc(mebibyte)
    const more = (): void => {
      while (sent < total) {
        sent += chunk.length
        if (!answer.write(chunk)) return void answer.once('drain', more)
      }
      answer.end()
    }
    more()
  })
  await using door = await openFrontDoor([source])
  const request = httpRequest(door.url, { agent: false }).end()
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  let received = 0
  let furthest = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    received += chunk.length
    furthest = Math.max(furthest, sent - received)
    // Slow for long enough that, without back pressure, the rest would have arrived on the way.
    if (received < 8 * mebibyte) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  expect(received).toBe(total)
  // Two connections' kernel buffers, of a few MiB each, and little more.
  expect(furthest).toBeLessThan(32 * mebibyte)
})

it('takes an upload of any size', async () => {
  const total = 64 * mebibyte
  await using sink = await startReplica('media-1', (request, answer) => {
    let size = 0
    request.on('data', (chunk: Buffer) => (size += chunk.length))
    request.on('end', () => answer.end(String(size)))
  })
  await using door = await openFrontDoor([sink])
  const request = httpRequest(door.url, { method: 'POST', agent: false })
  const chunk = Buffer.alloc(mebibyte)
  for (let sent = 0; sent < total; sent += chunk.length) {
    if (!request.write(chunk)) await once(request, 'drain')
  }
  request.end()
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  expect(await text(incoming)).toBe(String(total))
})

it('passes on an answer that comes before the upload is over', async () => {
  await using strict = await startReplica('media-1', (_, answer) => {
    answer.writeHead(413, { connection: 'close' }).end('too large')
  })
  await using door = await openFrontDoor([strict])
  const request = httpRequest(door.url, { method: 'POST', agent: false })
  request.on('error', () => undefined)
  request.write(Buffer.alloc(64 * 1024))
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  expect(incoming.statusCode).toBe(413)
  expect(await text(incoming)).toBe('too large')
  request.destroy()
})

it('passes the headers on while the body is still to come', async () => {
  let finish: (() => void) | undefined
  await using slow = await startReplica('media-1', (_, answer) => {
    answer.writeHead(200, { 'content-length': 4 }).flushHeaders()
    finish = () => answer.end('body')
  })
  await using door = await openFrontDoor([slow])
  const request = httpRequest(door.url, { agent: false }).end()
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  finish?.()
  expect(await text(incoming)).toBe('body')
})

const websocket = { connection: 'Upgrade', upgrade: 'websocket' }

it('joins the connections of an upgrade', async () => {
  await using echo = await startReplica('media-1')
  echo.server.on('upgrade', (_, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n',
    )
    socket.pipe(socket)
  })
  await using door = await openFrontDoor([echo])
  const request = httpRequest(door.url, { headers: websocket }).end()
  const [incoming, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket]
  expect(incoming.statusCode).toBe(101)
  expect(incoming.headers['x-aftershock-replica']).toBe('media-1')
  socket.write('frame')
  const [received] = (await once(socket, 'data')) as [Buffer]
  expect(String(received)).toBe('frame')
  socket.destroy()
})

it('passes on that an upgrade was declined', async () => {
  await using plain = await startReplica('media-1')
  plain.server.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno')
  })
  await using door = await openFrontDoor([plain])
  const answer = await ask(door.url, { headers: websocket })
  expect([answer.status, answer.text]).toEqual([403, 'no'])
})

it('answers in HTTP/1.1 to clients that offer h2c', async () => {
  await using plain = await startReplica('media-1')
  await using door = await openFrontDoor([plain])
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAA' }
  expect((await ask(door.url, { headers })).text).toBe('media-1')
})
