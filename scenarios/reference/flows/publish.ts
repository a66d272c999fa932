import { defineFlow, type FlowContext } from 'aftershock'
import { people } from '../actors.ts'
import { expectImage, expectRedirect, expectStatus, expectThat } from './expect.ts'
import { picture } from './picture.ts'

async function publish(ctx: FlowContext, post: Readonly<Record<string, string>>): Promise<void> {
  const text = `${post['text']} (${ctx.actor.id}, ${ctx.iteration})`
  const answer = expectStatus(await ctx.http.post('/api/posts', { ...post, text }), 201)
  const { id } = answer.json() as { id: string }
  const read = expectStatus(await ctx.http.get(`/api/posts/${id}`), 200)
  expectThat((read.json() as { text?: string }).text === text, read, 'another text')
}

export const postText = defineFlow({
  id: 'post-text',
  title: 'publish a text post',
  actors: people,
  run: (ctx) => publish(ctx, { text: 'Hello' }),
})

export const postImage = defineFlow({
  id: 'post-image',
  title: 'publish an image',
  actors: people,
  async run(ctx) {
    const headers = { 'content-type': 'image/png' }
    const upload = expectStatus(await ctx.http.post('/api/media', picture, { headers }), 201)
    const media = upload.json() as { id: string; url: string }
    await publish(ctx, { text: 'Look at this', mediaId: media.id })
    expectImage(await ctx.http.get(media.url))
  },
})

export const postLink = defineFlow({
  id: 'post-link',
  title: 'publish a link',
  actors: people,
  async run(ctx) {
    const url = `http://news.example/2023/03/outage?from=${ctx.actor.id}-${ctx.iteration}`
    const created = expectStatus(await ctx.http.post('/api/links', { url }), 201)
    const link = created.json() as { code: string; shortPath: string }
    await publish(ctx, { text: 'Read this', linkCode: link.code })
    expectRedirect(await ctx.http.get(link.shortPath), url)
  },
})
