import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LiveServer } from './live-server.ts'

const directory = mkdtempSync(join(tmpdir(), 'aftershock-live-'))
const journalFile = join(directory, 'journal.ndjson')
let live: LiveServer
let origin: string
let token: string
let acted: string[]
let canAct: boolean

beforeEach(async () => {
  writeFileSync(journalFile, '{"n":1}\n{"n":"zwei, \u00fc"}\n')
  acted = []
  canAct = true
  live = await LiveServer.start({
    page: '<h1>live</h1>',
    journalFile,
    state: () => ({ change: canAct ? 'applied' : 'undoing' }),
    act: async (action, input) => {
      if (!canAct) return { kind: 'busy', message: 'not now: undoing' }
      if (action === 'apply') return { kind: 'refused', message: 'applied already' }
      if (action === 'unheard-of') return { kind: 'invalid', message: 'no such action' }
      acted.push(`${action} ${JSON.stringify(input)}`)
      return { kind: 'done', output: { of: action } }
    },
  })
  origin = live.origin
  token = new URL(live.url).searchParams.get('token') ?? ''
})

afterEach(async () => {
  await live[Symbol.asyncDispose]()
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Not fetch: it sets Host and Origin by itself. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request(`${origin}${path}`, { method, headers, agent: false }, resolve)
    .on('error', reject)
    .end(body)
  return promise
}

async function statusOf(...given: Parameters<typeof ask>): Promise<number | undefined> {
  const response = await ask(...given)
  response.destroy()
  return response.statusCode
}

/** What the stream has sent when `isEnough` of it has come. */
async function readUntil(
  response: IncomingMessage,
  isEnough: (sent: string) => boolean,
): Promise<string> {
  let sent = ''
  response.setEncoding('utf8')
  for await (const part of response) {
    sent += String(part)
    if (isEnough(sent)) break
  }
  return sent
}

const linesIn = (sent: string) => [...sent.matchAll(/^data: (\{"n".*)$/gm)].map(([, line]) => line)
const lastId = (sent: string) => [...sent.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? ''

describe('a request is answered', () => {
  it('to who knows the token, and the page may not be framed nor kept', async () => {
    const response = await ask(`/?token=${token}`)
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "frame-ancestors 'none'",
    })
    expect(await text(response)).toBe('<h1>live</h1>')
  })

  it.each(['/', '/?token=', '/?token=wrong', '/events', '/events?token=wrong', '/elsewhere'])(
    'by 403 without the token: %s',
    async (path) => {
      expect(await statusOf(path)).toBe(403)
    },
  )

  it.each(['evil.test', 'evil.test:80', 'localhost', '127.0.0.1'])(
    'by 403 when it was led here by another name: %s',
    async (host) => {
      expect(await statusOf(`/?token=${token}`, { host })).toBe(403)
      expect(await statusOf(`/events?token=${token}`, { host })).toBe(403)
    },
  )

  it('by 400 when it makes no sense, and the server goes on', async () => {
    expect(await statusOf('//')).toBe(400)
    rmSync(journalFile)
    expect(await statusOf(`/events?token=${token}`)).toBe(400)
    expect(await statusOf(`/?token=${token}`)).toBe(200)
  })

  it('by 404 and 405 where there is nothing', async () => {
    expect(await statusOf(`/elsewhere?token=${token}`)).toBe(404)
    expect(await statusOf('/', { origin, 'x-aftershock-token': token }, 'POST')).toBe(405)
  })
})

describe('an action', () => {
  const post = (path: string, headers: Record<string, string>) => statusOf(path, headers, 'POST')

  it('is done for the page itself, with what it sends, and answered', async () => {
    const own = { origin, 'x-aftershock-token': token, 'sec-fetch-site': 'same-origin' }
    const response = await ask('/do/roll-out', own, 'POST', '{"step":"one"}')
    expect(response.statusCode).toBe(200)
    expect(JSON.parse(await text(response))).toEqual({ of: 'roll-out' })
    expect(acted).toEqual(['roll-out {"step":"one"}'])
  })

  it.each([
    [409, 'makes no sense', true, '/do/apply', 'applied already\n'],
    [423, 'has to wait', false, '/do/undo', 'not now: undoing\n'],
  ])('is refused by %i when it %s, and says why', async (status, _, can, path, why) => {
    canAct = can
    const response = await ask(path, { origin, 'x-aftershock-token': token }, 'POST')
    expect(response.statusCode).toBe(status)
    expect(await text(response)).toBe(why)
  })

  it.each([
    ['an action that nobody knows', '/do/unheard-of', '{}'],
    ['what is no JSON', '/do/undo', '{"'],
    ['more than any action takes', '/do/undo', `"${'x'.repeat(1024 * 1024)}"`],
  ])('is refused by 400 for %s', async (_, path, body) => {
    const own = { origin, 'x-aftershock-token': token }
    const response = await ask(path, own, 'POST', body)
    expect(response.statusCode).toBe(400)
    expect(acted).toEqual([])
  })

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'http://evil.test' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['no browser page at all', { origin: '' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['another port, as the browser says', { 'sec-fetch-site': 'same-site' }],
    ['who has another token', { 'x-aftershock-token': 'wrong' }],
    ['who has the token for reading only', { 'x-aftershock-token': '' }],
    ['a name that was rebound', { host: 'evil.test' }],
  ])('is refused by 403 for %s', async (_, headers) => {
    const given = { origin, 'x-aftershock-token': token, ...headers }
    expect(await post(`/do/apply?token=${token}`, given)).toBe(403)
    expect(acted).toEqual([])
  })
})

describe('the stream', () => {
  it('sends the journal from its beginning, the state, and what is written later by whole lines', async () => {
    const response = await ask(`/events?token=${token}`)
    appendFileSync(journalFile, '{"n":3}\n{"n":')
    setTimeout(() => appendFileSync(journalFile, '4}\n'), 250)
    const sent = await readUntil(response, (all) => all.includes('{"n":4}\n\n'))
    expect(linesIn(sent)).toEqual(['{"n":1}', '{"n":"zwei, ü"}', '{"n":3}', '{"n":4}'])
    expect(sent).toContain('event: state\ndata: {"change":"applied"}\n\n')
  })

  it('goes on where it was for a page that connects again', async () => {
    const first = await ask(`/events?token=${token}`)
    const sent = await readUntil(first, (all) => all.includes('zwei') && all.endsWith('\n\n'))
    appendFileSync(journalFile, '{"n":3}\n')
    const again = await ask(`/events?token=${token}`, { 'last-event-id': lastId(sent) })
    const rest = await readUntil(again, (all) => all.includes('{"n":3}\n\n'))
    expect(linesIn(rest)).toEqual(['{"n":3}'])
  })

  it.each(['3', '999999', '-1', 'x'])('refuses %s, where no line begins', async (id) => {
    expect(await statusOf(`/events?token=${token}`, { 'last-event-id': id })).toBe(400)
  })

  it('parks the oldest of more pages than a browser has connections for, which goes on when it is wanted', async () => {
    const oldest = await ask(`/events?token=${token}`)
    const sent = readUntil(oldest, (all) => all.includes('parked'))
    await delay(150)
    const others = await Promise.all([1, 2, 3, 4].map(() => ask(`/events?token=${token}`)))
    expect(await sent).toMatch(/event: parked\ndata: parked\n\n$/)
    appendFileSync(journalFile, '{"n":3}\n')
    const again = await ask(`/events?token=${token}&from=${lastId(await sent)}`)
    const rest = await readUntil(again, (all) => all.includes('{"n":3}\n\n'))
    expect(linesIn(rest)).toEqual(['{"n":3}'])
    for (const other of others) other.destroy()
  })

  it('tells of a new state', async () => {
    const response = await ask(`/events?token=${token}`)
    setTimeout(() => (canAct = false), 150)
    const sent = await readUntil(response, (all) => all.includes('undoing'))
    expect(sent).toContain('event: state\ndata: {"change":"undoing"}\n\n')
  })

  it('takes a line longer than what is read at once', async () => {
    const long = `{"n":"${'x'.repeat(700_000)}"}`
    appendFileSync(journalFile, `${long}\n`)
    const response = await ask(`/events?token=${token}`)
    const sent = await readUntil(response, (all) => all.includes('x"}\n\n'))
    expect(linesIn(sent).at(-1)).toBe(long)
  })

  it('ends with the session, with the last lines, and nobody listens any more', async () => {
    const response = await ask(`/events?token=${token}`)
    const all = text(response)
    await delay(150)
    appendFileSync(journalFile, '{"n":"last"}\n')
    await live[Symbol.asyncDispose]()
    expect(await all).toMatch(/\{"n":"last"\}\n\nevent: ended\ndata: ended\n\n$/)
    await expect(ask(`/?token=${token}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
