// news.example: a newspaper. Articles with complete OpenGraph metadata, a lead image, and a short link that redirects.
import { site } from 'aftershock'
import { http, HttpResponse } from 'msw'

import { image, page } from '../fixture.ts'

export const news = site(['news.example', 'www.news.example'], {
  title: 'The Example Herald, a newspaper',
  handlers: [
    http.get('/', () => page('news-front.html')),
    http.get('/2023/03/outage', () => page('news-outage.html')),
    http.get('/2023/07/rate-limits', () => page('news-rate-limits.html')),
    http.get('/2024/01/opinion-status-pages', () => page('news-opinion.html')),
    http.get('/latest', () => HttpResponse.redirect('http://news.example/2023/03/outage', 302)),
    http.get('/images/outage.png', () => image('news-outage.png')),
  ],
})
