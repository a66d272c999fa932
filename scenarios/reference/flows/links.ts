import { defineFlow } from 'aftershock'
import { apiApps, viewers } from '../actors.ts'
import {
  LINK_POST_COUNT,
  NEW_LINK_COUNT,
  OLD_LINK_COUNT,
  PAGE_LINKS,
  linkPostId,
  linkTarget,
  newLinkCode,
  oldLinkCode,
  targetOfLinkPost,
} from '../services/seed-facts.ts'
import { expectRedirect, expectStatus, expectThat } from './expect.ts'
import { freshNumber } from './fresh.ts'

export const openNewLink = defineFlow({
  id: 'open-new-link',
  title: 'open a new link',
  actors: [...viewers, ...apiApps],
  async run(ctx) {
    const n = freshNumber(ctx, [...viewers, ...apiApps], 1, NEW_LINK_COUNT)
    expectRedirect(await ctx.http.get(`/l/${newLinkCode(n)}`), linkTarget(n))
  },
})

export const openOldLink = defineFlow({
  id: 'open-old-link',
  title: 'open an old link',
  actors: viewers,
  async run(ctx) {
    const n = freshNumber(ctx, viewers, 1, OLD_LINK_COUNT)
    expectRedirect(await ctx.http.get(`/l/${oldLinkCode(n)}`), linkTarget(n))
  },
})

export const preview = defineFlow({
  id: 'preview',
  title: 'see a link preview',
  actors: viewers,
  async run(ctx) {
    const n = 1 + (ctx.iteration % LINK_POST_COUNT)
    const answer = expectStatus(await ctx.http.get(`/api/posts/${linkPostId(n)}/card`), 200)
    const card = answer.json() as { title?: string; url?: string }
    expectThat(card.url === targetOfLinkPost(n), answer, 'another page')
    expectThat(Boolean(card.title), answer, 'no title')
  },
})

/** The site's own pages are links too: the whole way, to the page itself. */
export const readTerms = defineFlow({
  id: 'read-terms',
  title: 'read terms, privacy, help',
  actors: viewers,
  async run(ctx) {
    const pages = Object.entries(PAGE_LINKS)
    const [code, target] = pages[ctx.iteration % pages.length] as [string, string]
    expectRedirect(await ctx.http.get(`/l/${code}`), target)
    const page = expectStatus(await ctx.http.get(target), 200)
    expectThat(page.text().toLowerCase().includes(code), page, 'another page')
  },
})
