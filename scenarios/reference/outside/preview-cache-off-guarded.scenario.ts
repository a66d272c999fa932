/** The same with the guard on: a card is kept for a minute at least, so that the site is left in peace. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { cacheOff } from './preview-cache-off.ts'

export default referenceScenario({
  id: 'preview-cache-off-guarded',
  title: 'The same cache turned off, and a floor under it',
  stack: referenceSite({ link: { guards: { cacheFloor: true } } }),
  ...cacheOff,
  expect: holds(),
})
