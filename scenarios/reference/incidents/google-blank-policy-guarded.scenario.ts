/** The same change as in google-blank-policy with the guards on: a rule without a limit limits nothing, and tasks would not start all at once. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { blankPolicy, gateway, incident, jitter } from './blank-policy.ts'

export default referenceScenario({
  id: 'google-blank-policy-guarded',
  title: 'The same policy, blank rules passed over',
  incident: { ...incident, guardOf: 'google-blank-policy' },
  stack: referenceSite({
    gateway: { policy: { ...gateway.policy, ...jitter }, guards: { skipBlankPolicies: true } },
  }),
  steps: [blankPolicy],
  expect: holds(),
})
