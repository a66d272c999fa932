/**
 * Google Cloud, 2025-06-12, from 10:49 PDT; most regions back after 40 minutes, us-central1 after 2 h 40 min. P: 'Multiple GCP products are
 * experiencing Service issues', https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW
 *
 * A new check of quota policies had been rolled out region by region since 2025-05-29, and no policy had ever used it. On 2025-06-12 a
 * policy with blank fields was written and replicated over the world in seconds. The code path met a null without handling it, and the
 * program that each request to an API has to pass crashed, everywhere, and again as often as it was started. API requests got 503. The new
 * path was turned off within 40 minutes; but in us-central1 all tasks that started anew then asked the same table at once, without any
 * backoff, and overwhelmed it. Starts were throttled until it could keep up. The status page was late by about an hour, since it ran on
 * what had failed.
 *
 * Here tasks of the gateway look at each request, threads that an unforeseen null ends. A task reads the policies when it starts, from a
 * database that does one query at a time, late ones too; without jitter those that ended together stay together, and what they ask is
 * answered too late, after the undo as before. With jitter it can keep up, and they come back. A schema that refuses the null would end
 * the story before it begins. Other than the real one the status page is up, and it goes on saying that all is well: it asks for health, and no health check passes
 * the policies.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { asItWent, gateway, incident, over } from './blank-policy.ts'
import { everythingBut } from './cells.ts'

const [broken] = everythingBut(['status-page'], { symptom: '503/132' })

export default referenceScenario({
  id: 'google-blank-policy',
  title: 'Google Cloud, 2025-06-12: a policy with a blank field',
  incident,
  stack: referenceSite({ gateway }),
  steps: asItWent,
  expect: reproduces([{ ...broken, until: over }], { statusPageLies: true }),
})
