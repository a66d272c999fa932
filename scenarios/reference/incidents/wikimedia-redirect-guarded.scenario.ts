/** The same rules with the guard on: one that leads back to itself is passed over, and the permanent redirects that are kept are good ones. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './wikimedia-redirect.ts'

export default referenceScenario({
  id: 'wikimedia-redirect-guarded',
  title: 'The same rules, passed over since they lead to themselves',
  incident: { ...incident, guardOf: 'wikimedia-redirect' },
  stack: referenceSite({ link: { guards: { redirectLint: true } } }),
  steps,
  expect: holds(),
})
