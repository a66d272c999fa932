/**
 * An image cache that is switched off costs no user an image: each gets theirs, from the media service, which is 120 ms away. Only who
 * measures how long they waited sees it.
 */
import { linkFault, mergePatch, reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { flows, loadJudgement, readers } from './traffic.ts'

export default referenceScenario({
  id: 'cache-off-under-load',
  title: 'A cache switched off: everything works, and images take longer',
  flows,
  steps: [
    linkFault('media-far-away', {
      title: 'the media service is in another region',
      from: 'gateway',
      to: 'media',
      toxics: [{ type: 'latency', attributes: { latency: 120 } }],
    }),
    mergePatch('switch-off-cache', {
      title: 'switch off the cache of images',
      service: 'gateway',
      patch: { cache: { ttlS: 0 } },
    }),
  ],
  load: readers,
  loadJudgement,
  expect: reproduces([], { underLoad: [{ flows: ['view-cached-image'], becomes: 'slower' }] }),
})
