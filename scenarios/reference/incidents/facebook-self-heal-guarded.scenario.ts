/** The same value with the guard on: the last one that was a number stays, and nobody repairs anything. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { actors, badValue, flows, incident } from './self-heal.ts'

export default referenceScenario({
  id: 'facebook-self-heal-guarded',
  title: 'The same value, in place of which the last valid one stays',
  incident: { ...incident, guardOf: 'facebook-self-heal' },
  stack: referenceSite({ gateway: { guards: { keepLastLimit: true } } }),
  actors,
  flows,
  steps: [badValue],
  expect: holds(),
})
