/** The same change as in twitter-api-plan with the guard on: what the directory knows as the site's own is no customer of a plan. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { enforcePlans, incident } from './plan-enforcement.ts'

export default referenceScenario({
  id: 'twitter-api-plan-guarded',
  title: 'The same change, own apps and services exempt',
  stack: referenceSite({ gateway: { guards: { exemptOwnServices: true } } }),
  incident: { ...incident, guardOf: 'twitter-api-plan' },
  steps: [enforcePlans()],
  expect: holds(),
})
