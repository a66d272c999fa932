// video.example: a video platform. Each watch page has og:video besides og:image; unknown ids are 404.
import { site } from 'aftershock'
import { http } from 'msw'

import { image, notFound, page } from '../fixture.ts'

const videos: Readonly<Record<string, { readonly title: string; readonly seconds: string }>> = {
  'kiln-tour': { title: 'A tour of a tunnel kiln', seconds: '412' },
  'night-train': { title: 'Night train through the Alps', seconds: '1290' },
  '42': { title: 'How a pager works & why it still does', seconds: '305' },
}

export const video = site('video.example', {
  title: 'Example Video, a video platform',
  handlers: [
    http.get('/watch/:id', ({ params }) => {
      const id = String(params['id'])
      const found = Object.hasOwn(videos, id) ? videos[id] : undefined
      return found ? page('video-watch.html', { id, ...found }) : notFound()
    }),
    http.get('/thumbnails/:file', () => image('video-thumbnail.png')),
  ],
})
