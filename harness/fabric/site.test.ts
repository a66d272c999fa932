import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { http, HttpResponse } from 'msw'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { loadSites, site } from './site.ts'

const handlers = [http.get('/', () => HttpResponse.text('hello'))]

describe('site()', () => {
  it('takes one host or several', () => {
    expect(site('news.example', { title: 'News', handlers }).hosts).toEqual(['news.example'])
    const both = ['news.example', 'www.news.example']
    expect(site(both, { title: 'News', handlers }).hosts).toEqual(both)
  })

  it.each([
    'News.example',
    'http://news.example',
    'news.example:80',
    'news.example/',
    'localhost',
    '-a.example',
    '',
  ])('refuses the host %j', (host) => {
    expect(() => site(host, { title: 'News', handlers })).toThrow(
      'is not a host name in lower case',
    )
  })

  it.each(['127.0.0.1', '::1'])('refuses the address %s', (host) => {
    expect(() => site(host, { title: 'News', handlers })).toThrow('is an IP address')
  })

  it('refuses to have no host, no title, no handlers, or handlers of another kind', () => {
    expect(() => site([], { title: ' ', handlers: [] })).toThrow(
      'it has no host; its title is empty; it has no handlers',
    )
    const strange = [{ path: '/' }] as unknown as typeof handlers
    expect(() => site('a.example', { title: 'A', handlers: strange })).toThrow('handlers of msw')
  })
})

describe('loadSites()', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aftershock-sites-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  const siteUrl = new URL('site.ts', import.meta.url).href
  const define = (host: string) =>
    `site('${host}', { title: 'T', handlers: [{ run: () => null }] })`

  async function write(name: string, code: string): Promise<string> {
    const file = join(directory, name)
    await writeFile(file, `import { site } from ${JSON.stringify(siteUrl)}\n${code}\n`)
    return pathToFileURL(file).href
  }

  it('finds every site that a module exports, under each of its hosts', async () => {
    const url = await write(
      'two.mjs',
      `export const a = ${define('a.example')}; export default a; export const b = ${define('b.example')}; export const other = 1`,
    )
    expect([...(await loadSites([url, url])).keys()]).toEqual(['a.example', 'b.example'])
  })

  it('refuses a module without a site, and names it', async () => {
    const url = await write('none.mjs', 'export const other = 1')
    await expect(loadSites([url])).rejects.toMatchObject({
      code: 'INVALID_SCENARIO',
      message: `${url} exports no site`,
      hint: expect.stringContaining('export const news = site(') as string,
    })
  })

  it('refuses two sites for one host, and names both modules', async () => {
    const first = await write('first.mjs', `export const a = ${define('c.example')}`)
    const second = await write('second.mjs', `export const b = ${define('c.example')}`)
    await expect(loadSites([first, second])).rejects.toMatchObject({
      code: 'INVALID_SCENARIO',
      message: `the site c.example is defined in ${first} and in ${second}`,
    })
  })

  it('refuses a module that cannot be imported, and says why', async () => {
    const url = await write('broken.mjs', 'throw new Error("no such fixture")')
    await expect(loadSites([url])).rejects.toMatchObject({
      code: 'INVALID_SCENARIO',
      message: `${url} cannot be loaded: no such fixture`,
    })
  })
})
