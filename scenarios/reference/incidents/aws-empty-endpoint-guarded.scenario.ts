/** The same plan with the guard on: one that is older than the plan in force, or leaves a service without addresses, is passed over. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './aws-empty-endpoint.ts'

export default referenceScenario({
  id: 'aws-empty-endpoint-guarded',
  title: 'The same plan, passed over since it is old and empty',
  incident: { ...incident, guardOf: 'aws-empty-endpoint' },
  stack: referenceSite({
    gateway: { status: { probes: 'flows' }, guards: { upstreamPlans: true } },
  }),
  steps,
  expect: holds(),
})
