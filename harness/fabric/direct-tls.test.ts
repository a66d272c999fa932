/** https of programs that know no proxy, and came by the name of the site. */
import { Agent, request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { createDirectTlsServer } from './direct-tls.ts'
import { KeptConnections } from './kept-connections.ts'
import { listen } from './listener.ts'
import { OutsideLog } from './outside-log.ts'
import { Outside } from './outside.ts'
import { site } from './site.ts'
import { until } from './test-support.ts'
import { CertificateAuthority } from './tls/authority.ts'
import { VariantBoard } from './variant-board.ts'

const news = site('news.example', {
  title: 'News',
  handlers: [http.get('/', ({ request }) => HttpResponse.text(request.url))],
})

async function open(name?: string, handshakeMs?: number) {
  const sites = new Map([['news.example', news]])
  const log = new OutsideLog()
  const variants = new VariantBoard(sites, 1)
  const authority = new CertificateAuthority()
  const outside = new Outside(sites, log, variants)
  const kept = new KeptConnections()
  const side = { outside, callerAt: () => 'link-1', kept }
  const server = createDirectTlsServer(side, authority, handshakeMs)
  const listener = await listen(server, '127.0.0.1')
  if (name !== undefined) variants.set('news.example', { name })
  return {
    heal: () => variants.set('news.example', undefined),
    recorded: () => until('a record', () => log.after(0).records[0]),
    port: Number(new URL(listener.url).port),
    strike(variant: string) {
      variants.set('news.example', { name: variant })
      kept.close('news.example')
    },
    async get(
      ca: string = authority.certificate,
      agent: Agent | false = false,
      servername = 'news.example',
    ): Promise<string> {
      const { port } = new URL(listener.url)
      const options = { port, ca, agent, servername, headers: { host: 'news.example' } }
      const asked = httpsRequest('https://127.0.0.1/', options).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      return text(answer)
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  }
}

it('is answered by the site that the handshake names', async () => {
  await using direct = await open()
  expect(await direct.get()).toBe('https://news.example/')
  expect(await direct.recorded()).toMatchObject({ from: 'link-1', method: 'GET', status: 200 })
})

it('of a client that does not trust the authority is refused by that client', async () => {
  await using direct = await open()
  await expect(direct.get(new CertificateAuthority().certificate)).rejects.toThrow()
})

it('without a name in the handshake is refused and recorded', async () => {
  await using direct = await open()
  await expect(direct.get(undefined, false, '')).rejects.toThrow()
  const record = await direct.recorded()
  expect(record).toMatchObject({ from: 'link-1', method: 'CONNECT', outcome: 'refused' })
  expect(record).toMatchObject({ url: 'https://127.0.0.1/' })
  expect(record.note).toContain('no name in the handshake (SNI): TLS failed')
})

it('of a client that never begins is closed after the limit, and recorded', async () => {
  await using direct = await open(undefined, 50)
  const silent = connect(direct.port, '127.0.0.1').resume()
  await once(silent, 'close')
  const note = 'no name in the handshake (SNI): the handshake was not over after 50 ms'
  expect(await direct.recorded()).toMatchObject({ outcome: 'refused', note })
})

it('of a client that keeps its connection meets a variant at once', async () => {
  await using direct = await open()
  const agent = new Agent({ keepAlive: true })
  await direct.get(undefined, agent)
  const [kept] = Object.values(agent.freeSockets).flat()
  if (!kept) throw new Error('the client kept no connection')
  direct.strike('tls-expired')
  await once(kept, 'close')
  await expect(direct.get(undefined, agent)).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
  agent.destroy()
})

describe('a variant', () => {
  it.each([
    ['tls-expired', 'CERT_HAS_EXPIRED', 'CONNECT'],
    ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CONNECT'],
    ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CONNECT'],
    ['resets', 'ECONNRESET', 'GET'],
  ])('%s is what a client sees, and is recorded', async (name, code, method) => {
    await using direct = await open(name)
    await expect(direct.get()).rejects.toMatchObject({ code })
    const url = 'https://news.example/'
    expect(await direct.recorded()).toMatchObject({ from: 'link-1', method, url, variant: name })
  })

  it('tls-hangs never answers, until it is taken back', async () => {
    await using direct = await open('tls-hangs')
    const asked = direct.get().catch(({ code }: NodeJS.ErrnoException) => code)
    const first = new Promise((resolve) => setTimeout(resolve, 100, 'nothing'))
    expect(await Promise.race([asked, first])).toBe('nothing')
    direct.heal()
    expect(await asked).toBe('ECONNRESET')
    expect(await direct.recorded()).toMatchObject({
      method: 'CONNECT',
      variant: 'tls-hangs',
      note: 'the handshake was not answered',
    })
  })
})
