/**
 * X, noticed on 2023-08-19, days: images of posts from before December 2014 were gone, newer ones were there, and a few popular old ones came back.
 * Links of that age were broken too. The company spoke of a bug, by which nothing was lost; what it was is not known.
 * Here content from before a cutoff lies below a prefix of its own, images in files and links in a table, and a change takes the prefix
 * away, first from images and then from links. What the gateway has in its cache goes on.
 * No status page told of it; here it asks health endpoints, and stays green: to it a missing image is no failure.
 * S: https://www.slashgear.com/1370984/x-bug-old-twitter-photos-links-disappear/
 * and https://www.fonearena.com/blog/402888/x-platform-fix-broken-twitter-links-images.html
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { asItWent, flows, incident, over } from './x-old-media.ts'

export default referenceScenario({
  id: 'x-old-media',
  title: 'X, 2023-08-19: old images gone, new ones there',
  incident,
  flows,
  steps: asItWent,
  expect: reproduces(
    [
      { flows: ['view-old-image'], symptom: '404/34', until: over.images },
      { flows: ['open-old-link'], symptom: '404/34', until: over.links },
    ],
    { statusPageLies: true },
  ),
})
