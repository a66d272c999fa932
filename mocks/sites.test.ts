import { getResponse } from 'msw'
import { expect, it } from 'vitest'

import { docs } from './sites/docs.ts'
import { news } from './sites/news.ts'
import { plain } from './sites/plain.ts'
import { shop } from './sites/shop.ts'
import { video } from './sites/video.ts'

const sites = [docs, news, plain, shop, video]

async function get(url: string): Promise<Response> {
  const { host, origin } = new URL(url)
  const handlers = sites.find(({ hosts }) => hosts.includes(host))?.handlers ?? []
  const response = await getResponse([...handlers], new Request(url), { baseUrl: origin })
  if (!response) throw new Error(`nothing answers at ${url}`)
  return response
}

/** The metadata of a page, by name. */
async function metadata(url: string): Promise<Record<string, string>> {
  const html = await (await get(url)).text()
  const found = html.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)" \/>/g)
  return Object.fromEntries(
    [...found].map(([, name = '', content = '']): [string, string] => [name, content]),
  )
}

it('an article of the newspaper has complete OpenGraph metadata', async () => {
  expect(await metadata('http://news.example/2023/03/outage')).toMatchObject({
    'og:type': 'article',
    'og:title': expect.stringContaining('Links and images') as string,
    'og:url': 'http://news.example/2023/03/outage',
    'og:image': 'http://news.example/images/outage.png',
    'article:published_time': '2023-03-06T18:20:00Z',
  })
})

it('a watch page has a video', async () => {
  expect(await metadata('http://video.example/watch/42')).toMatchObject({
    'og:title': 'How a pager works &amp; why it still does',
    'og:video': 'http://video.example/embed/42',
  })
})

it('an item of the shop has a price', async () => {
  expect(await metadata('http://shop.example/items/1002')).toMatchObject({
    'og:title': 'Wool blanket &quot;Fjord&quot;',
    'product:price:amount': '89.00',
    'product:availability': 'in stock',
  })
})

it('the plain page has a title and no metadata', async () => {
  const url = 'http://plain.example/'
  expect(await (await get(url)).text()).toContain('<title>Notes on bread</title>')
  expect(await metadata(url)).toEqual({})
})

it.each(['terms', 'privacy', 'help'])('the documentation has a page /%s', async (page) => {
  expect((await get(`http://docs.reference.example/${page}`)).status).toBe(200)
})

it('the documentation lists the plans', async () => {
  const { plans } = (await (await get('http://docs.reference.example/api/plans')).json()) as {
    plans: { id: string }[]
  }
  expect(plans.map(({ id }) => id)).toEqual(['free', 'basic', 'pro'])
})

it.each(['http://video.example/watch/constructor', 'http://shop.example/items/9'])(
  '%s is not found',
  async (url) => {
    expect((await get(url)).status).toBe(404)
  },
)

it.each([
  'http://news.example/2023/03/outage',
  'http://news.example/2023/07/rate-limits',
  'http://video.example/watch/kiln-tour',
  'http://shop.example/items/7',
])('the image that %s names is a PNG', async (url) => {
  const image = await get((await metadata(url))['og:image'] ?? '')
  expect(image.headers.get('content-type')).toBe('image/png')
  const signature = Buffer.from(await image.arrayBuffer())
    .subarray(0, 8)
    .toString('hex')
  expect(signature).toBe('89504e470d0a1a0a')
})
