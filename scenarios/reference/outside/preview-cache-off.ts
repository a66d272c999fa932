import { defineFlow, mergePatch, type Scenario } from 'aftershock'
import { linkPostId, targetOfLinkPost } from '../services/seed-facts.ts'
import { expectStatus, expectThat } from '../flows/expect.ts'
import { actors } from '../actors.ts'

const post = 11
const { hostname, pathname } = new URL(targetOfLinkPost(post))

/** Everybody looks at the card of the same post, the one that all talk about. */
const seeTheCard = defineFlow({
  id: 'see-the-card',
  title: 'see the preview that all look at',
  actors: ['web', 'mobile', 'visitor'],
  async run(ctx) {
    const answer = expectStatus(await ctx.http.get(`/api/posts/${linkPostId(post)}/card`), 200)
    expectThat(Boolean((answer.json() as { title?: string }).title), answer, 'no title')
  },
})

/** The cache of previews is turned off. Users see no difference; the site that is linked to is asked once for each of them. */
export const cacheOff: Pick<Scenario, 'actors' | 'flows' | 'steps' | 'outside'> = {
  actors: actors.filter(({ id }) => seeTheCard.actors.includes(id)),
  flows: [seeTheCard],
  steps: [
    mergePatch('turn-the-cache-off', {
      title: 'previews are always fresh',
      service: 'link',
      patch: { preview: { cacheTtlS: 0 } },
    }),
  ],
  // Once for each replica of the link service, should one not have seen the page before.
  outside: { maxRequests: [{ host: hostname, path: pathname, atMost: 2, window: 'change' }] },
}
