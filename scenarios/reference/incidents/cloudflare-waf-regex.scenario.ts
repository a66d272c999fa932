/**
 * Cloudflare, 2019-07-02, 13:42 to 14:09 UTC. P: 'Details of the Cloudflare outage on July 2, 2019',
 * https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/
 *
 * A new rule of the firewall went to the whole network at once, as rules did. It was only to be simulated; but its expression backtracked
 * on ordinary requests, and took all CPU that there was. Users got 502. A protection against expressions that take too much had been
 * removed by mistake some weeks before. The rules were turned off as a whole, which brought the network back. The status page admitted it.
 *
 * Here the expression is the published one, and burns on the long names by which browsers within apps call themselves. Requests that were
 * held up get 503; one with a '=' in its address (reading by API) matches at once and goes through. The page is served by the gateway too, late but within the time that a reader waits.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { everythingBut, honestStatusPage } from './cells.ts'
import { incident, flows, gateway, steps, users } from './slow-rule.ts'

/** With no processor left few requests come to an end: what is told of them takes longer to be known. */
const status = { ...honestStatusPage, degradeAfter: { windowMs: 8_000, minRequests: 3 } }

export default referenceScenario({
  id: 'cloudflare-waf-regex',
  title: 'Cloudflare, 2019-07-02: a rule in simulation takes all CPU',
  incident,
  stack: referenceSite({ gateway: { ...gateway, status } }),
  actors: users,
  flows,
  steps,
  expect: reproduces(everythingBut(['status-page', 'read-by-api'], { symptom: '503/132' }, flows), {
    statusPageLies: false,
    statusPage: { admitsWithinMs: 18_000 },
  }),
})
