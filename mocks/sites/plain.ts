// plain.example: a personal page of the plainest kind. A title and no OpenGraph at all.
import { site } from 'aftershock'
import { http } from 'msw'

import { page } from '../fixture.ts'

export const plain = site('plain.example', {
  title: 'A personal page without metadata',
  handlers: [http.get('/', () => page('plain.html'))],
})
