/** Sites that answer 200 with something else: an endless page and one that has moved still make a card, the others a plain one. */
import { holds, siteFault } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { becomesPlain, becomesUntitled, impatient, onlookers, previewFlows } from './previews.ts'

export default referenceScenario({
  id: 'sites-that-lie',
  title: 'Sites that send too much, nonsense, or something else than they say',
  stack: referenceSite({ link: impatient }),
  actors: onlookers,
  flows: previewFlows,
  steps: [
    siteFault('news-is-endless', { host: 'news.example', variant: 'huge' }),
    siteFault('www-news-has-moved', {
      host: 'www.news.example',
      variant: 'moved',
      to: 'news.example',
    }),
    siteFault('video-calls-its-pages-images', {
      host: 'video.example',
      variant: 'lies-about-content-type',
      effects: becomesPlain('video.example', 'not-a-page'),
    }),
    siteFault('shop-names-a-wrong-charset', {
      host: 'shop.example',
      variant: 'lies-about-charset',
      effects: becomesUntitled('shop.example'),
    }),
    siteFault('plain-sends-garbage', {
      host: 'plain.example',
      variant: 'garbage',
      effects: becomesUntitled('plain.example'),
    }),
  ],
  expect: holds(),
})
