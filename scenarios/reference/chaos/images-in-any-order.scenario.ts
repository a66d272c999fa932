/**
 * Media hands out addresses below /cdn/, and the gateway keeps images for an hour. Whoever rolls this out need not think of the order: each may
 * come first, and each may be taken back first.
 */
import { everyOrder, holds, mergePatch } from 'aftershock'
import { postImage } from '../flows/publish.ts'
import { viewNewImage, viewOldImage } from '../flows/images.ts'
import { referenceScenario } from '../scenario.ts'

export default referenceScenario({
  id: 'images-in-any-order',
  title: 'Images from another address, and a shorter cache: in every order of the two services',
  flows: [postImage, viewNewImage, viewOldImage],
  steps: everyOrder(
    mergePatch('images-from-the-cdn', {
      service: 'media',
      patch: { delivery: 'redirect', publicBaseUrl: '/cdn/' },
    }),
    mergePatch('keep-for-an-hour', { service: 'gateway', patch: { cache: { ttlS: 3_600 } } }),
  ),
  expect: holds(),
})
