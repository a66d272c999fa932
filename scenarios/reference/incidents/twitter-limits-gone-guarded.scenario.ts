/** The same change as in twitter-limits-gone with the guard on: a limit that is missing is what it was last, and not zero. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './limits-gone.ts'

export default referenceScenario({
  id: 'twitter-limits-gone-guarded',
  title: 'The same limit deleted, the last value kept',
  incident: { ...incident, guardOf: 'twitter-limits-gone' },
  stack: referenceSite({ gateway: { guards: { keepLastQuota: true } } }),
  steps,
  expect: holds(),
})
