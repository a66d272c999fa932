/**
 * Nothing breaks for anybody, and still the change is not one to release: the page that all link to is now asked for with each look at its
 * preview, which the owners of the site will notice first. The verdict is fail, by the limit on requests to the outside.
 */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { cacheOff } from './preview-cache-off.ts'

export default referenceScenario({
  id: 'preview-cache-off',
  title: 'The cache of previews turned off: a site is asked for every look',
  demonstrates: 'fail',
  ...cacheOff,
  expect: holds(),
})
