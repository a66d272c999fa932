/**
 * A change that is declared to do what it does not do: enforcement is to refuse the free plan, and the patch only says where its
 * documentation is. The verdict is fail: the effect is absent.
 */
import { holds, mergePatch } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { freePlanIsRefused } from './plan-enforcement.ts'

export default referenceScenario({
  id: 'absent-effect',
  title: 'A declared effect that does not come',
  demonstrates: 'fail',
  steps: [
    mergePatch('enforce-api-plans', {
      title: 'enforce API plans (it does not)',
      service: 'gateway',
      patch: { plan: { docsUrl: 'http://docs.reference.example/api/plans#free' } },
      effects: freePlanIsRefused,
    }),
  ],
  expect: holds(),
})
