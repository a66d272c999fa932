/** Nothing that code of a site does ends the fabric, and all of it is told. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { OutsideRecord } from '../core/index.ts'
import { FabricClient } from './client.ts'
import { readyPrefix, type FabricReady, type FabricSettings } from './contract.ts'
import { ask, basic, callers } from './test-support.ts'

const settings: FabricSettings = {
  host: '127.0.0.1',
  seed: 1,
  services: ['gateway'],
  links: [],
  sites: [new URL('../cli/fixtures/site.ts', import.meta.url).href],
  controlToken: 'a-token-of-the-run',
  callers,
}
const { signal } = new AbortController()

let child: ChildProcess
let ready: FabricReady
let client: FabricClient

beforeAll(async () => {
  child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { ...process.env, AFTERSHOCK_FABRIC: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
  const [line] = (await once(lines, 'line')) as [string]
  ready = JSON.parse(line.slice(readyPrefix.length)) as FabricReady
  client = new FabricClient(ready.control, settings.controlToken)
})
afterAll(() => child.kill('SIGKILL'))

const get = (path: string) =>
  ask(ready.proxy, {
    path: `http://news.example${path}`,
    headers: { host: 'news.example', 'proxy-authorization': basic('link-1') },
  })

/** The first thing told beside the requests after `seq`. */
async function asideAfter(seq: number): Promise<OutsideRecord> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
    const { records } = await client.outside(seq, signal)
    const found = records.find(({ isAside }) => isAside)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('nothing was told')
}

it.each([
  ['/later', 'link-1', /Error: a forgotten await\n[^]*fixtures\/site\.ts/],
  ['/timer', 'link-1', /Error: a mistake in a timer\n[^]*fixtures\/site\.ts/],
  ['/no-error', 'link-1', /'just a text' was thrown/],
  ['/exits', 'link-1', /code of a site called process\.exit\(\)[^]*fixtures\/site\.ts/],
  ['/blocks', 'link-1', /nothing else was carried.* at GET http:\/\/news\.example\/blocks/],
  ['/tick', '', /Error: a mistake beside all requests\n[^]*fixtures\/site\.ts/],
])('%s', async (path, from, note) => {
  const before = (await client.outside(0, signal)).records.at(-1)?.seq ?? 0
  expect((await get(path)).text).toBe('news')
  const told = await asideAfter(before)
  const url = from === '' ? '' : `http://news.example${path}`
  expect(told).toMatchObject({ from, url, method: from === '' ? '' : 'GET' })
  expect(told.note).toMatch(/^handler threw: /)
  expect(told.note).toMatch(note)
  expect((await get('/')).text).toBe('news')
})
