/** The external world of container tests: one site. */
import { http, HttpResponse } from 'msw'
import { site } from '../../../fabric/site.ts'

export const known = site('known.example', {
  title: 'A site that the stack knows',
  handlers: [http.get('/', () => HttpResponse.text('known'))],
})
