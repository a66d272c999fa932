/**
 * Cloudflare, 2025-11-18, 11:20 to 14:30 UTC for most traffic, all of it by 17:06. P: 'Cloudflare outage on November 18, 2025',
 * https://blog.cloudflare.com/18-november-2025-outage/
 *
 * A change of rights in a database made a query answer each row twice, so that the file of features for bot management doubled. The proxy
 * reserves room for 200 features, and panicked on more: HTTP 5xx. The file is made anew every five minutes, and only the part of the
 * database that had the change made bad ones: for hours the network failed, came back and failed again, which looked like an attack.
 *
 * Here one gateway of two asks the three nodes of its database in turn, of which two have the change: its file is bad for two thirds of the
 * time, and users meet that now and then. The status page counts what users get and admits the failure; Cloudflare's own page was updated
 * at 11:48.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { everythingBut, honestStatusPage } from './cells.ts'
import { features, incident, judgement, steps } from './doubled-features.ts'

export default referenceScenario({
  id: 'cloudflare-feature-file',
  title: 'Cloudflare, 2025-11-18: a feature file doubled',
  incident,
  stack: referenceSite({ gateway: { features, status: honestStatusPage } }),
  steps,
  judgement,
  expect: reproduces(everythingBut(['status-page'], { failing: 'some' }), {
    statusPageLies: false,
  }),
})
