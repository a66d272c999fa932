/** The same change as in twitter-api-plan, on one of two gateways: about half of the requests fail. */
import { replicas, reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { enforcePlans, freePlanIsRefused, refusedWithoutExemption } from './plan-enforcement.ts'

export default referenceScenario({
  id: 'twitter-api-plan-one-replica',
  title: 'The same change on one gateway of two: broken now and then',
  steps: [
    enforcePlans({
      rollout: replicas(1),
      effects: freePlanIsRefused.map((effect) => ({
        ...effect,
        flows: ['view-new-image', 'open-new-link'],
      })),
    }),
  ],
  // Half of the requests fail: nine in a row that do not would come to one cell in 500. These are some twenty.
  judgement: { miss: 0.0005 },
  expect: reproduces(
    [
      ...refusedWithoutExemption.map((cells) => ({ ...cells, failing: 'some' as const })),
      // Whom the good gateway lets in meets the bad one again when a service asks back: 403/467 or 502/130, as it comes.
      { flows: ['preview', 'read-by-api'], failing: 'some' },
    ],
    { statusPageLies: true },
  ),
})
