/** A limit that no single user comes near, and that everybody together reaches within seconds: then it strikes each user of the app. */
import { mergePatch, reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { flows, loadJudgement, readers } from './traffic.ts'

export default referenceScenario({
  id: 'tight-policy-under-load',
  title: 'A limit on opening links that counts all users of an app together',
  flows,
  steps: [
    mergePatch('limit-opening-links', {
      title: 'at most 90 links a minute',
      service: 'gateway',
      patch: {
        policy: { rules: [{ id: 'links', route: 'links.open', limit: { perMinute: 90 } }] },
      },
    }),
  ],
  load: readers,
  loadJudgement,
  expect: reproduces(
    [
      {
        flows: ['open-new-link'],
        actors: ['web', 'visitor'],
        symptom: '429/88',
        failing: 'some',
      },
    ],
    { underLoad: [{ flows: ['open-new-link'], becomes: 'broken' }] },
  ),
})
