/** A change that must not be blamed: a longer quota and a shorter cache, applied to one gateway first. */
import { holds, mergePatch, staged } from 'aftershock'
import { referenceScenario } from '../scenario.ts'

export default referenceScenario({
  id: 'harmless-change',
  title: 'A harmless change, stage by stage',
  steps: [
    mergePatch('raise-quota', {
      title: 'raise the daily quota',
      service: 'gateway',
      patch: { quota: { publishPerDay: 20_000 }, cache: { ttlS: 300 } },
      rollout: staged(1, 'all'),
    }),
  ],
  expect: holds(),
})
