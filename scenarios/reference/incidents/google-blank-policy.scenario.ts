/**
 * Google Cloud, 2025-06-12, from 10:49 PDT; most regions back after 40 minutes, us-central1 after 2 h 40 min. P: 'Multiple GCP products are
 * experiencing Service issues', https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW
 *
 * A new check of quota policies had been rolled out region by region since 2025-05-29, and no policy had ever used it. On 2025-06-12 a
 * policy with blank fields was written and replicated over the world in seconds. The code path met a null without handling it, and the
 * program that each request to an API has to pass crashed, everywhere. API requests got 503. The status page was late by about an hour,
 * since it ran on what had failed.
 *
 * Where this differs: each request fails by itself (500) and no process ends, so there is no herd of restarts, which is what took
 * us-central1 two hours more; undoing brings everything back. The status page is up, and goes on saying that all is well, since it asks
 * for health and no health check passes the policy.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, steps } from './blank-policy.ts'
import { everythingBut } from './cells.ts'

export default referenceScenario({
  id: 'google-blank-policy',
  title: 'Google Cloud, 2025-06-12: a policy with a blank field',
  incident,
  steps,
  expect: reproduces(everythingBut(['status-page'], { symptom: '500/131' }), {
    statusPageLies: true,
  }),
})
