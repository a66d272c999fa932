import { defineFlow, type Effect, type Flow, type HttpResponse } from 'aftershock'
import { expectStatus, expectThat } from '../flows/expect.ts'
import { openNewLink } from '../flows/links.ts'
import { postLink, postText } from '../flows/publish.ts'
import { publicTimeline, timeline } from '../flows/timeline.ts'
import { actors } from '../actors.ts'

/** A page of each site, and what its card is to say. */
const pages = {
  'news.example': { path: '/2023/03/outage', title: /Links and images fail/ },
  'www.news.example': { path: '/2023/07/rate-limits', title: /daily limit/ },
  'video.example': { path: '/watch/42', title: /How a pager works/ },
  'shop.example': { path: '/items/7', title: /Enamel mug/ },
  'plain.example': { path: '/', title: /Notes on bread/ },
} as const

type Host = keyof typeof pages

/** Publishes a link to a page of the host that nobody has linked to yet, and reads its card. */
function previewOf(host: Host, scheme: 'http' | 'https' = 'https'): Flow {
  const { path, title } = pages[host]
  return defineFlow({
    id: idOf(host, scheme),
    title: `see a preview of ${scheme}://${host}`,
    actors: ['web'],
    async run(ctx) {
      const url = `${scheme}://${host}${path}?${scheme}=${ctx.iteration}`
      const link = expectStatus(await ctx.http.post('/api/links', { url }), 201)
      const { code } = link.json() as { code: string }
      const post = { text: 'Look', linkCode: code }
      const posted = expectStatus(await ctx.http.post('/api/posts', post), 201)
      const { id } = posted.json() as { id: string }
      expectFullCard(expectStatus(await ctx.http.get(`/api/posts/${id}/card`), 200), title)
    },
  })
}

function expectFullCard(answer: HttpResponse, title: RegExp): void {
  const card = answer.json() as { title?: string; unavailable?: string }
  expectThat(card.unavailable === undefined, answer, plain(card.unavailable ?? ''))
  expectThat(title.test(card.title ?? ''), answer, 'another title')
}

const plain = (reason: string): string => `a plain card (${reason})`
const idOf = (host: Host, scheme: 'http' | 'https' = 'https'): string =>
  `preview-${host.replace('.example', '').replace('.', '-')}${scheme === 'http' ? '-http' : ''}`

/** The reader sees the address and nothing else, for the reason that the link service gives. */
export function becomesPlain(host: Host, reason: string): readonly Effect[] {
  return [{ flows: [idOf(host)], becomes: `200 but ${plain(reason)}` }]
}

/** The page came, and what it says is not what the card shows. */
export function becomesUntitled(host: Host): readonly Effect[] {
  return [{ flows: [idOf(host)], becomes: '200 but another title' }]
}

/** Previews of every site, and what has to go on whatever these do. */
export const previewFlows: readonly Flow[] = [
  ...(Object.keys(pages) as Host[]).map((host) => previewOf(host)),
  previewOf('news.example', 'http'),
  timeline,
  publicTimeline,
  postText,
  postLink,
  openNewLink,
]

/** Who looks on: one who publishes and one who only reads. */
export const onlookers = actors.filter(({ id }) => id === 'web' || id === 'visitor')

/**
 * Less time for a page than a slow site takes, and enough for one that is well on a machine that is not; and no memory of what failed, so that
 * each preview asks its site.
 */
export const impatient = {
  fetch: { timeoutMs: 1_500 },
  preview: { failureTtlS: 0 },
} as const
