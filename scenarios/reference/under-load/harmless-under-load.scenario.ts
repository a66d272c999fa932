/** A change that must not be blamed, under the same traffic. */
import { holds, mergePatch } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { flows, loadJudgement, readers } from './traffic.ts'

export default referenceScenario({
  id: 'harmless-under-load',
  title: 'A harmless change under load',
  flows,
  steps: [
    mergePatch('longer-cache', {
      title: 'keep images for a day, and raise a limit',
      service: 'gateway',
      patch: { cache: { ttlS: 86_400 }, quota: { publishPerDay: 20_000 } },
    }),
  ],
  load: { ...readers, thresholds: { checks: ['rate>0.99'], dropped_iterations: ['count<1'] } },
  loadJudgement,
  expect: holds(),
})
