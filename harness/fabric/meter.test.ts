import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'

import { HttpResponse, delay, http } from 'msw'
import { describe, expect, it } from 'vitest'

import type { LinkCount, Toxic } from '../core/index.ts'
import { site } from './site.ts'
import {
  ask,
  askThrough,
  openFrontDoor,
  openProxy,
  openTunnel,
  startReplica,
  until,
  type FrontDoor,
} from './test-support.ts'

/** Waits until all requests that began have ended. */
function settled(read: () => LinkCount | undefined, requests: number): Promise<LinkCount> {
  return until(`${requests} requests to be counted`, () => {
    const count = read()
    if (count?.requests !== requests) return undefined
    const answered = Object.values(count.answers).reduce((sum, one) => sum + one, 0)
    return answered + count.errors + count.abandoned === requests ? count : undefined
  })
}

describe('a front door or link', () => {
  it('counts answers by the first digit of their status, with how long they took', async () => {
    await using media = await startReplica('media-1', (request, answer) => {
      answer.writeHead(Number(request.url?.slice(1))).end()
    })
    await using door = await openFrontDoor([media])
    for (const status of [200, 204, 302, 404, 404, 500]) await ask(`${door.url}/${status}`)
    const count = await settled(door.counted, 6)
    expect(count).toMatchObject({ answers: { '2xx': 2, '3xx': 1, '4xx': 2, '5xx': 1 }, errors: 0 })
    expect(count.latency.reduce((sum, [, times]) => sum + times, 0)).toBe(6)
    expect(count.latency.map(([upToMs]) => upToMs)).toEqual(
      count.latency.map(([upToMs]) => upToMs).toSorted((a, b) => a - b),
    )
  })

  it('measures to the last byte of the answer', async () => {
    await using media = await startReplica('media-1', (_, answer) => {
      answer.write('first')
      setTimeout(() => answer.end('last'), 100)
    })
    await using door = await openFrontDoor([media])
    await ask(door.url)
    expect((await settled(door.counted, 1)).latency[0]?.[0]).toBeGreaterThanOrEqual(99)
  })

  it('counts what its caller gave up apart from what failed', async () => {
    await using media = await startReplica('media-1', () => undefined)
    await using door = await openFrontDoor([media])
    const request = httpRequest(door.url).on('error', () => undefined)
    request.end()
    await until('it to begin', () => door.counted().requests === 1)
    request.destroy()
    expect(await settled(door.counted, 1)).toMatchObject({ errors: 0, abandoned: 1, latency: [] })
  })

  it('takes no connection on which nothing was asked for a request', async () => {
    await using media = await startReplica('media-1')
    await using door = await openFrontDoor([media])
    const socket = connect(door.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end()
    await once(socket, 'close')
    await ask(door.url)
    expect(await settled(door.counted, 1)).toMatchObject({ answers: { '2xx': 1 } })
  })
})

describe('under toxics', () => {
  async function fail(door: FrontDoor, times: number, giveUpMs = 10_000): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      const signal = AbortSignal.timeout(giveUpMs)
      await expect(fetch(door.url, { signal }).then((answer) => answer.text())).rejects.toThrow()
    }
  }

  it.each<[Toxic, number, Partial<LinkCount>]>([
    [{ type: 'down' }, 10_000, { errors: 4 }],
    [{ type: 'timeout', attributes: { timeout: 20 }, stream: 'upstream' }, 10_000, { errors: 4 }],
    [{ type: 'timeout', attributes: {}, stream: 'upstream' }, 60, { abandoned: 4 }],
    [{ type: 'timeout', attributes: {}, stream: 'downstream' }, 60, { abandoned: 4 }],
    [{ type: 'limit_data', attributes: { bytes: 10 } }, 10_000, { errors: 4 }],
    [{ type: 'reset_peer', attributes: { timeout: 0 } }, 10_000, { errors: 4 }],
    [{ type: 'down', replica: 'media-1' }, 10_000, { errors: 4 }],
  ])('counts each try that %o swallows', async (toxic, giveUpMs, wanted) => {
    await using media = await startReplica('media-1', (_, answer) => answer.end('x'.repeat(500)))
    await using door = await openFrontDoor([media])
    door.toxics.set(toxic)
    await fail(door, 4, giveUpMs)
    expect(await settled(door.counted, 4)).toMatchObject({ errors: 0, abandoned: 0, ...wanted })
  })

  it('counts the try on a kept connection, and not the connection that was idle', async () => {
    await using media = await startReplica('media-1')
    await using door = await openFrontDoor([media])
    const kept = connect(door.port, '127.0.0.1')
    const idle = connect(door.port, '127.0.0.1')
    for (const socket of [kept, idle]) {
      socket.write('GET / HTTP/1.1\r\nHost: media\r\n\r\n')
      await once(socket, 'data')
    }
    await settled(door.counted, 2)
    door.toxics.set({ type: 'timeout', attributes: {}, stream: 'upstream' })
    kept.write('GET / HTTP/1.1\r\nHost: media\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 50))
    kept.destroy()
    idle.destroy()
    expect(await settled(door.counted, 3)).toMatchObject({ answers: { '2xx': 2 }, abandoned: 1 })
  })
})

describe('the outside', () => {
  it('counts by who asks, what was answered, what failed and what was given up', async () => {
    const news = site('news.example', {
      title: 'News',
      handlers: [
        http.get('/', () => HttpResponse.text('hello')),
        http.get('/never', async () => {
          await delay('infinite')
        }),
      ],
    })
    await using proxy = await openProxy([news])
    await askThrough(proxy, 'http://news.example/')
    await askThrough(proxy, 'http://unknown.example/')
    await expect(
      askThrough(proxy, 'http://news.example/never', { signal: AbortSignal.timeout(50) }),
    ).rejects.toThrow()
    proxy.setVariant('news.example', { name: 'resets' })
    await expect(askThrough(proxy, 'http://news.example/')).rejects.toThrow()
    proxy.setVariant('news.example', { name: 'dns-nxdomain' })
    await openTunnel(proxy, 'news.example:443')
    const count = await settled(() => proxy.counted().find(({ from }) => from === 'link-1'), 5)
    expect(count).toMatchObject({ to: 'outside', answers: { '2xx': 1 }, errors: 3, abandoned: 1 })
  })
})
