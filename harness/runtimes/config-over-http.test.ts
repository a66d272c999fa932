import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'

import { ConfigOverHttp } from './config-over-http.ts'

const never = new AbortController().signal
const spec = {
  kind: 'http',
  port: 'admin',
  path: '/config',
  tokenEnv: 'ADMIN_TOKEN',
  generationKey: 'generation',
} as const

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body?: unknown
}

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean | void

/** A program that keeps its configuration as ConfigPort wants it; `answer` may take a request over, by not returning true. */
class Program implements AsyncDisposable {
  document: Record<string, unknown> = { generation: 3, limit: 10 }
  answer: Answer = () => true
  readonly asked: Asked[] = []
  readonly server = createServer((request, response) => {
    void this.#take(request, response)
  })

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get etag(): string {
    return `"g${String(this.document['generation'])}"`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.server.listening) return
    this.server.close()
    this.server.closeAllConnections()
    await once(this.server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request
    const body = method === 'PUT' ? { body: await json(request) } : {}
    this.asked.push({ method, url, headers, ...body })
    if (this.answer(request, response) !== true) return
    if (method === 'PUT') {
      if (headers['if-match'] !== this.etag) {
        response.writeHead(412).end('changed meanwhile')
        return
      }
      this.document = body.body as Record<string, unknown>
    }
    response.setHeader('etag', this.etag).end(JSON.stringify(this.document))
  }
}

const programs: Program[] = []

async function start(
  given: Partial<typeof spec> | { generationKey: undefined } = {},
): Promise<{ program: Program; port: ConfigOverHttp }> {
  const program = new Program()
  programs.push(program)
  const url = await program.listen()
  const { generationKey, ...rest } = { ...spec, ...given }
  const port = new ConfigOverHttp(
    'gateway-1',
    url,
    { ...rest, ...(generationKey === undefined ? {} : { generationKey }) },
    't0ken',
  )
  return { program, port }
}

afterEach(async () => {
  for (const program of programs.splice(0)) await program[Symbol.asyncDispose]()
})

describe('reading', () => {
  it('asks with the bearer token, and takes document and ETag', async () => {
    const { program, port } = await start()
    const snapshot = await port.read(never)
    expect(snapshot).toMatchObject({ document: { generation: 3, limit: 10 }, etag: '"g3"' })
    expect(snapshot.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(program.asked).toMatchObject([
      { method: 'GET', url: '/config', headers: { authorization: 'Bearer t0ken' } },
    ])
  })

  it.each<[string, Answer, RegExp]>([
    [
      'a refusal',
      (_, r) => void r.writeHead(401, { etag: '"a"' }).end(),
      /gateway-1 answered 401 when asked/,
    ],
    ['no ETag', (_, r) => void r.end('{}'), /gateway-1 answered 200 without an ETag/],
    ['no JSON', (_, r) => void r.setHeader('etag', '"a"').end('<p>'), /did not answer in JSON/],
    [
      'a cut answer',
      (_, r) => {
        r.writeHead(200, { etag: '"a"', 'content-length': '99' }).write('{"a":1')
        setTimeout(() => r.destroy(), 5)
      },
      /or not in full/,
    ],
    [
      'a reset',
      (request) => void request.socket.resetAndDestroy(),
      /gateway-1 cannot be reached at http/,
    ],
  ])('%s is CONFIG_UNREACHABLE', async (_name, answer, message) => {
    const { program, port } = await start()
    program.answer = answer
    await expect(port.read(never)).rejects.toMatchObject({
      code: 'CONFIG_UNREACHABLE',
      message: expect.stringMatching(message) as string,
    })
  })

  it('from a program that is gone is CONFIG_UNREACHABLE, with the cause', async () => {
    const { program, port } = await start()
    await program[Symbol.asyncDispose]()
    await expect(port.read(never)).rejects.toMatchObject({
      code: 'CONFIG_UNREACHABLE',
      cause: expect.anything() as unknown,
    })
  })

  it('ends when the signal fires', async () => {
    const { program, port } = await start()
    const controller = new AbortController()
    program.answer = () => controller.abort()
    await expect(port.read(controller.signal)).rejects.toMatchObject({ code: 'CONFIG_UNREACHABLE' })
  })
})

describe('writing', () => {
  it('sends If-Match and the next generation, and returns what the program then reports', async () => {
    const { program, port } = await start()
    const snapshot = await port.write({ limit: 5, generation: 3 }, '"g3"', never)
    expect(program.asked.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET'])
    expect(program.asked[1]).toMatchObject({
      headers: {
        'if-match': '"g3"',
        'content-type': 'application/json',
        authorization: 'Bearer t0ken',
      },
      body: { limit: 5, generation: 4 },
    })
    expect(snapshot).toMatchObject({ document: { limit: 5, generation: 4 }, etag: '"g4"' })
  })

  it('counts on from the generation that the program has, not from the one of the document', async () => {
    const { program, port } = await start()
    await port.write({ limit: 5 }, '"g3"', never)
    await port.write({ limit: 10, generation: 3 }, '"g4"', never)
    expect(program.document).toEqual({ limit: 10, generation: 5 })
  })

  it('sends the document as it is when there is no generation', async () => {
    const { program, port } = await start({ generationKey: undefined })
    await port.write({ generation: 3, limit: 1 }, '"g3"', never)
    expect(program.asked[0]).toMatchObject({ method: 'PUT', body: { generation: 3, limit: 1 } })
  })

  it.each([
    [412, 'CONFIG_CONFLICT'],
    [409, 'CONFIG_CONFLICT'],
    [422, 'CONFIG_REFUSED'],
    [400, 'CONFIG_REFUSED'],
    [401, 'CONFIG_REFUSED'],
    [500, 'CONFIG_UNREACHABLE'],
    [503, 'CONFIG_UNREACHABLE'],
  ])('an answer of %i is %s, with the beginning of what was answered', async (status, code) => {
    const { program, port } = await start()
    program.answer = ({ method }, response) => {
      if (method !== 'PUT') return true
      response.writeHead(status).end('limit must be positive '.repeat(100))
      return false
    }
    const error = await port.write({ limit: -1 }, '"g3"', never).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(`^answered ${status} limit must be positive`) as string,
    })
    expect((error as Error).message.length).toBeLessThan(600)
  })

  it('with an old ETag is CONFIG_CONFLICT, and alters nothing', async () => {
    const { program, port } = await start()
    await expect(port.write({ limit: 5 }, '"g2"', never)).rejects.toMatchObject({
      code: 'CONFIG_CONFLICT',
    })
    expect(program.document).toEqual({ generation: 3, limit: 10 })
  })

  it('is CONFIG_NOT_CONFIRMED when the program reports something else afterwards', async () => {
    const { program, port } = await start()
    program.answer = ({ method }, response) => {
      if (method !== 'PUT') return true
      response.end()
      return false
    }
    await expect(port.write({ limit: 5 }, '"g3"', never)).rejects.toMatchObject({
      code: 'CONFIG_NOT_CONFIRMED',
    })
  })
})

describe('the hash', () => {
  async function hashesOf(
    given: Parameters<typeof start>[0],
    ...documents: object[]
  ): Promise<string[]> {
    const { program, port } = await start(given)
    const hashes: string[] = []
    for (const document of documents) {
      program.document = document as Record<string, unknown>
      hashes.push((await port.read(never)).hash)
    }
    return hashes
  }

  it('ignores the generation and the order of members, at any depth', async () => {
    const hashes = await hashesOf(
      {},
      { generation: 3, a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 },
      { b: 2, generation: 9, a: { y: [{ q: 2, p: 1 }], x: 1 } },
      { b: 2, a: { y: [{ q: 2, p: 1 }], x: 1 } },
    )
    expect(new Set(hashes).size).toBe(1)
  })

  it.each<[string, object, object]>([
    ['a value', { a: 1 }, { a: 2 }],
    ['a type', { a: 1 }, { a: '1' }],
    ['the order of items', { a: [1, 2] }, { a: [2, 1] }],
    ['a member that is there', { a: null }, {}],
    ['a generation further down', { a: { generation: 1 } }, { a: { generation: 2 } }],
  ])('differs with %s', async (_name, one, other) => {
    const [first, second] = await hashesOf({}, one, other)
    expect(first).not.toBe(second)
  })

  it('sees the generation where none was declared', async () => {
    const [first, second] = await hashesOf(
      { generationKey: undefined },
      { generation: 1 },
      { generation: 2 },
    )
    expect(first).not.toBe(second)
  })
})
