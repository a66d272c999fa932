/** Sites whose certificates are not right, and one that is gone: only their own cards suffer, and plain http goes on. */
import { holds, siteFault } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { becomesPlain, impatient, onlookers, previewFlows } from './previews.ts'

export default referenceScenario({
  id: 'sites-with-bad-certificates',
  title: 'Sites with a certificate that is expired, self-signed or for another host',
  stack: referenceSite({ link: impatient }),
  actors: onlookers,
  flows: previewFlows,
  steps: [
    siteFault('news-has-expired', {
      host: 'news.example',
      variant: 'tls-expired',
      effects: becomesPlain('news.example', 'connection'),
    }),
    siteFault('www-news-is-gone', {
      host: 'www.news.example',
      variant: 'gone',
      effects: becomesPlain('www.news.example', 'bad-status'),
    }),
    siteFault('video-shows-another-host', {
      host: 'video.example',
      variant: 'tls-wrong-host',
      effects: becomesPlain('video.example', 'connection'),
    }),
    siteFault('shop-signed-for-itself', {
      host: 'shop.example',
      variant: 'tls-self-signed',
      effects: becomesPlain('shop.example', 'connection'),
    }),
    siteFault('plain-does-not-shake-hands', {
      host: 'plain.example',
      variant: 'tls-hangs',
      effects: becomesPlain('plain.example', 'timeout'),
    }),
  ],
  expect: holds(),
})
