import { defineFlow, type FlowContext, type HttpResponse, type WriteCheck } from 'aftershock'
import { people } from '../actors.ts'
import { expectImage, expectRedirect, expectStatus, expectThat } from './expect.ts'
import { pictureWith } from './picture.ts'

/** Says in the register what became of a write: a refusal is certain, an error of the server or no answer at all is not. */
async function written(
  ctx: FlowContext,
  kind: string,
  id: string,
  request: Promise<HttpResponse>,
  referenceOf: (answer: HttpResponse) => string,
): Promise<HttpResponse> {
  const write = ctx.writes?.invoked(kind, id)
  const answer = await request
  if (answer.status === 201) write?.ok(referenceOf(answer))
  else if (answer.status >= 400 && answer.status < 500) write?.failed()
  return expectStatus(answer, 201)
}

const member = (name: string) => (answer: HttpResponse) =>
  String((answer.json() as Record<string, unknown>)[name])

async function publish(ctx: FlowContext, post: Readonly<Record<string, string>>): Promise<void> {
  const text = `${post['text']} (${ctx.actor.id}, ${ctx.iteration})`
  const request = ctx.http.post('/api/posts', { ...post, text })
  const answer = await written(ctx, 'post', text, request, member('id'))
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
    const words = `${ctx.actor.id}, ${ctx.iteration}`
    const request = ctx.http.post('/api/media', pictureWith(words), { headers })
    const upload = await written(ctx, 'image', words, request, member('id'))
    const media = upload.json() as { id: string; url: string }
    await publish(ctx, { text: 'Look at this', mediaId: media.id })
    const image = expectImage(await ctx.http.get(media.url))
    expectThat(isPictureWith(words, image), image, 'another image')
  },
})

export const postLink = defineFlow({
  id: 'post-link',
  title: 'publish a link',
  actors: people,
  async run(ctx) {
    const url = `http://news.example/2023/03/outage?from=${ctx.actor.id}-${ctx.iteration}`
    const request = ctx.http.post('/api/links', { url })
    const created = await written(ctx, 'link', url, request, member('shortPath'))
    const link = created.json() as { code: string; shortPath: string }
    await publish(ctx, { text: 'Read this', linkCode: link.code })
    expectRedirect(await ctx.http.get(link.shortPath), url)
  },
})

function isPictureWith(words: string, { bytes }: HttpResponse): boolean {
  const wanted = pictureWith(words)
  return bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i])
}

/** Posts are looked for by their words, images by the id that posts name them by, links where the site said that they are: of these two nobody would ever see a second one. */
export const writes: WriteCheck = {
  title: 'posts, images and links can be read once each',
  async readBack({ kind, id, reference }, http) {
    if (kind === 'post') {
      const found = await http.get(`/api/posts?text=${encodeURIComponent(id)}`)
      return (expectStatus(found, 200).json() as { posts: readonly unknown[] }).posts.length
    }
    if (reference === undefined) return undefined
    const answer = await http.get(kind === 'image' ? `/media/${reference}` : reference)
    if (answer.status === 404) return 0
    // Something else in its place: it is lost all the same.
    if (kind === 'image') return isPictureWith(id, expectImage(answer)) ? 1 : 0
    return expectStatus(answer, 301, 302, 303, 307, 308).headers['location'] === id ? 1 : 0
  },
}
