import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { delay, http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { site } from './site.ts'
import { basic, openProxy, until, type Proxy } from './test-support.ts'

const mebibyte = 1024 * 1024

let waiting = 0
let produced = 0
const news = site('news.example', {
  title: 'News',
  handlers: [
    http.get('/', () => HttpResponse.text('x'.repeat(1_000))),
    http.post('/echo', ({ request }) => new HttpResponse(request.body)),
    http.get('/never', async () => {
      waiting += 1
      await delay('infinite')
    }),
    http.get('/big', () => new HttpResponse(new Uint8Array(32 * mebibyte))),
    http.get('/endless', () => {
      const chunk = new Uint8Array(64 * 1024)
      const pull = (controller: ReadableStreamDefaultController) => {
        produced += chunk.length
        controller.enqueue(chunk)
      }
      return new HttpResponse(new ReadableStream({ pull }, { highWaterMark: 0 }))
    }),
  ],
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Megabytes that are in use once all garbage is gone. */
async function liveMiB(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed / mebibyte
}

function send(proxy: Proxy, path: string, method = 'GET'): ClientRequest {
  const headers = { host: 'news.example', 'proxy-authorization': basic('link-1') }
  return httpRequest(proxy.url, {
    method,
    path: `http://news.example${path}`,
    headers,
    agent: false,
  })
}

async function askOften(proxy: Proxy, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const [answer] = (await once(send(proxy, '/').end(), 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
  }
}

describe('memory', () => {
  it('does not grow with the number of requests', async () => {
    await using proxy = await openProxy([news])
    // The log keeps the last 10,000 requests, some hundred bytes each.
    await askOften(proxy, 1_000)
    const before = await liveMiB()
    await askOften(proxy, 3_000)
    expect((await liveMiB()) - before).toBeLessThan(6)
  })

  it('does not grow with clients that hang up', async () => {
    await using proxy = await openProxy([news])
    const hangUp = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) {
        const served = waiting
        const request = send(proxy, '/never').end()
        request.on('error', () => undefined)
        await until('the handler to run', () => waiting > served)
        request.destroy()
      }
    }
    await hangUp(100)
    const before = await liveMiB()
    await hangUp(300)
    await proxy.recorded(400)
    expect((await liveMiB()) - before).toBeLessThan(4)
  })

  it('is told of a client that hangs up on a large body, although all of it was there at once', async () => {
    await using proxy = await openProxy([news])
    const request = send(proxy, '/big').end()
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.pause()
    request.destroy()
    expect((await proxy.recorded(1))[0]?.note).toBe('the client hung up during the answer')
  })

  it('does not grow with an endless body that nobody reads', async () => {
    await using proxy = await openProxy([news])
    const request = send(proxy, '/endless').end()
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.pause()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const afterAWhile = produced
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(produced).toBe(afterAWhile)
    expect(produced).toBeLessThan(32 * mebibyte)
    request.destroy()
    expect((await proxy.recorded(1))[0]?.note).toBe('the client hung up during the answer')
    const atTheEnd = produced
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(produced).toBe(atTheEnd)
  })
})

it('passes each chunk of a body on before the next one is sent, in both directions', async () => {
  await using proxy = await openProxy([news])
  const request = send(proxy, '/echo', 'POST')
  request.write('one')
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  for (const next of ['two', 'three', undefined]) {
    const [received] = (await once(answer, 'data')) as [Buffer]
    expect(String(received)).toBe(next === 'two' ? 'one' : next === 'three' ? 'two' : 'three')
    if (next !== undefined) request.write(next)
  }
  request.end()
  answer.resume()
  await once(answer, 'end')
})
