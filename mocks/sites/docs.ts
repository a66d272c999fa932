// docs.reference.example: the documentation of the reference site itself. Other teams run it, so to the system it is an external site.
import { site } from 'aftershock'
import { http, HttpResponse } from 'msw'

import { page } from '../fixture.ts'

const plans = [
  { id: 'free', title: 'Free', requestsPerDay: 50, media: false },
  { id: 'basic', title: 'Basic', requestsPerDay: 3000, media: true },
  { id: 'pro', title: 'Pro', requestsPerDay: 300_000, media: true },
]

export const docs = site('docs.reference.example', {
  title: 'Documentation, terms and help of the reference site',
  handlers: [
    http.get('/terms', () => page('docs-terms.html')),
    http.get('/privacy', () => page('docs-privacy.html')),
    http.get('/help', () => page('docs-help.html')),
    http.get('/api/plans', () => HttpResponse.json({ plans })),
  ],
})
