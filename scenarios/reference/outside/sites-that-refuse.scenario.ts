/** Sites that say no, in their answers or in DNS: the card says no more than the address does, and the link can be opened all the same. */
import { holds, siteFault } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { becomesPlain, impatient, onlookers, previewFlows } from './previews.ts'

export default referenceScenario({
  id: 'sites-that-refuse',
  title: 'Sites that fail, limit, are gone, turn in a circle, or have no name any more',
  stack: referenceSite({ link: impatient }),
  actors: onlookers,
  flows: previewFlows,
  steps: [
    siteFault('news-limits', {
      host: 'news.example',
      variant: 'rate-limited',
      effects: [
        ...becomesPlain('news.example', 'bad-status'),
        { flows: ['preview-news-http'], becomes: '200 but a plain card (bad-status)' },
      ],
    }),
    siteFault('www-news-is-down', {
      host: 'www.news.example',
      variant: '5xx',
      effects: becomesPlain('www.news.example', 'bad-status'),
    }),
    siteFault('video-has-no-name', {
      host: 'video.example',
      variant: 'dns-nxdomain',
      effects: becomesPlain('video.example', 'connection'),
    }),
    siteFault('shop-turns-in-a-circle', {
      host: 'shop.example',
      variant: 'redirect-loop',
      effects: becomesPlain('shop.example', 'redirects'),
    }),
    siteFault('plain-cannot-be-looked-up', {
      host: 'plain.example',
      variant: 'dns-servfail',
      effects: becomesPlain('plain.example', 'connection'),
    }),
  ],
  expect: holds(),
})
