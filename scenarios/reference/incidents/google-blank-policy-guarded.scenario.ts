/** The same change as in google-blank-policy with the guard on: a rule without a limit limits nothing. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './blank-policy.ts'

export default referenceScenario({
  id: 'google-blank-policy-guarded',
  title: 'The same policy, blank rules passed over',
  incident: { ...incident, guardOf: 'google-blank-policy' },
  stack: referenceSite({ gateway: { guards: { skipBlankPolicies: true } } }),
  steps,
  expect: holds(),
})
