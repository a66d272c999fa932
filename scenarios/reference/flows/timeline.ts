import { defineFlow, type FlowContext, type HttpResponse } from 'aftershock'
import { people } from '../actors.ts'
import { expectImage, expectStatus, expectThat } from './expect.ts'

interface Post {
  readonly id: string
  readonly media?: { readonly thumbUrl: string }
  readonly link?: { readonly expandUrl: string }
}

/** A timeline is there only when all that is on it is: the posts, their images, and where their links lead. */
async function viewTimeline(ctx: FlowContext, path: string): Promise<void> {
  const answer = expectStatus(await ctx.http.get(path), 200)
  const { posts } = answer.json() as { posts: readonly Post[] }
  expectThat(posts.length > 0, answer, 'an empty timeline')
  const parts = posts.flatMap(({ media, link }): Promise<unknown>[] => [
    ...(media ? [ctx.http.get(media.thumbUrl).then(expectImage)] : []),
    ...(link ? [ctx.http.get(link.expandUrl).then(expectLinkTarget)] : []),
  ])
  expectThat(parts.length > 0, answer, 'neither images nor links')
  await Promise.all(parts)
}

function expectLinkTarget(answer: HttpResponse): void {
  expectStatus(answer, 200)
  const { url } = answer.json() as { url?: string }
  expectThat(url?.startsWith('http') === true, answer, 'no target')
}

export const timeline = defineFlow({
  id: 'timeline',
  title: 'view the timeline',
  actors: people,
  run: (ctx) => viewTimeline(ctx, '/api/timeline/home'),
})

export const publicTimeline = defineFlow({
  id: 'public-timeline',
  title: 'view the public timeline',
  actors: ['visitor'],
  run: (ctx) => viewTimeline(ctx, '/api/timeline/public'),
})
