/** Sites that answer late, never, or not to the end: a preview waits no longer than `fetch.timeoutMs`, and nothing else waits at all. */
import { holds, siteFault } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { becomesPlain, impatient, onlookers, previewFlows } from './previews.ts'

export default referenceScenario({
  id: 'sites-that-do-not-answer',
  title: 'Sites that hang, drip, break off or are slow',
  stack: referenceSite({ link: impatient }),
  actors: onlookers,
  flows: previewFlows,
  steps: [
    siteFault('news-drips', {
      host: 'news.example',
      variant: 'drips',
      effects: [
        ...becomesPlain('news.example', 'timeout'),
        { flows: ['preview-news-http'], becomes: '200 but a plain card (timeout)' },
      ],
    }),
    siteFault('www-news-is-slow', {
      host: 'www.news.example',
      variant: 'slow',
      effects: becomesPlain('www.news.example', 'timeout'),
    }),
    siteFault('video-hangs', {
      host: 'video.example',
      variant: 'hangs',
      effects: becomesPlain('video.example', 'timeout'),
    }),
    siteFault('shop-resets', {
      host: 'shop.example',
      variant: 'resets',
      effects: becomesPlain('shop.example', 'connection'),
    }),
    siteFault('plain-truncates', {
      host: 'plain.example',
      variant: 'truncates',
      effects: becomesPlain('plain.example', 'connection'),
    }),
  ],
  expect: holds(),
})
