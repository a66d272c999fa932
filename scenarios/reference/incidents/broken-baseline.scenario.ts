/** A system that is broken before anything is changed: the verdict is inconclusive, and the change is never applied. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { enforcePlans } from './plan-enforcement.ts'

export default referenceScenario({
  id: 'broken-baseline',
  title: 'A system that is broken from the start',
  demonstrates: 'inconclusive',
  stack: referenceSite({ gateway: { plan: { enforce: true } } }),
  steps: [enforcePlans()],
  expect: holds(),
})
