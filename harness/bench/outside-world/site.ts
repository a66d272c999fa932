import { http, HttpResponse } from 'msw'

import { site } from '../../fabric/site.ts'
import { body } from './body.ts'

const headers = { 'content-length': String(body.length) }

/** What the bench asks for. */
export const bench = site('bench.example', {
  title: 'A page of 1 KiB',
  handlers: [http.get('/page', () => HttpResponse.html(body, { headers }))],
})
