import { defineFlow } from 'aftershock'
import { apiApps } from '../actors.ts'
import { ACCOUNTS, IMAGE_POST_COUNT, imagePostId, linkPostId } from '../services/seed-facts.ts'
import { expectStatus, expectThat } from './expect.ts'

export const readByApi = defineFlow({
  id: 'read-by-api',
  title: 'read a post by API',
  actors: apiApps,
  async run(ctx) {
    const id = imagePostId(1 + (ctx.iteration % IMAGE_POST_COUNT))
    const answer = expectStatus(await ctx.http.get(`/v2/posts/${id}?expand=media`), 200)
    const { includes } = answer.json() as { includes?: { media?: readonly { owner?: unknown }[] } }
    expectThat(includes?.media?.[0]?.owner !== undefined, answer, 'no owner of the image')
  },
})

/** What the site's services ask the gateway, each with its own identity. */
export const internalLookup = defineFlow({
  id: 'internal-lookup',
  title: 'look up within the site',
  actors: ['svc-media', 'svc-link'],
  async run(ctx) {
    const [path, wanted] =
      ctx.actor.id === 'svc-media'
        ? ['/internal/accounts', ACCOUNTS[ctx.iteration % ACCOUNTS.length]]
        : ['/internal/posts', linkPostId(1)]
    const answer = expectStatus(await ctx.http.get(`${path}/${wanted}`), 200)
    expectThat((answer.json() as { id?: string }).id === wanted, answer, 'something else')
  },
})
