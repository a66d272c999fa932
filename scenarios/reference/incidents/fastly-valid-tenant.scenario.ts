/**
 * Fastly, 2021-06-08, 09:47 to 10:36 UTC, when 95 % of the network worked again. P: 'Summary of June 8 outage',
 * https://www.fastly.com/blog/summary-of-june-8-outage
 *
 * A release of 2021-05-12 had brought a bug that one customer's valid change of configuration set off. 85 % of the network answered with
 * errors, to everybody's users. Recognised within a minute, on the status page at 09:58, the customer's configuration was found and
 * disabled at 10:27. Which setting it was has not been told.
 *
 * Here it is the key of a tenant's cache. All tenants' keys become one expression, and one that is valid by the schema spoils it. The
 * status page admits it, as it did.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { everythingBut, honestStatusPage } from './cells.ts'
import { incident, steps } from './valid-tenant.ts'

export default referenceScenario({
  id: 'fastly-valid-tenant',
  title: `Fastly, 2021-06-08: one customer's valid setting, everybody's errors`,
  incident,
  stack: referenceSite({ gateway: { status: honestStatusPage } }),
  steps,
  expect: reproduces(everythingBut(['status-page'], { symptom: '500/131' }), {
    statusPageLies: false,
  }),
})
