/**
 * Facebook, 2010-09-23, for about two and a half hours. P: "More Details on Today's Outage", by the director of software engineering,
 * https://www.facebook.com/notes/facebook-engineering/more-details-on-todays-outage/431441338919
 *
 * The persistent copy of a setting was given a value that clients take for invalid. All of them tried to repair it at once, by asking a
 * cluster of databases, which was soon overwhelmed. A client that got an error took that for an invalid value too, deleted the key from
 * the cache and asked again: so it went on when the value was right again. The way out was to stop all traffic to the databases, which
 * meant to turn the site off, and to let people back in slowly. The system that repairs settings was turned off for the time being. The
 * status page of the platform spoke of latency of the API.
 *
 * Here the limit on headers, which is looked at for each request, becomes a text that is no number. The database of settings does one
 * query at a time, late ones too. When the value is put right, queries that are under way still time out, and each takes the value away
 * again. It is over once nobody was let in for as long as the database needs for what it had been sent; the value is then there before
 * the first request, which is why people may come back all at once. Of each kind of client and of endpoint there is one: it is the same
 * gate for all of them.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { everythingBut, honestStatusPage } from './cells.ts'
import { actors, asItWent, flows, incident, over } from './self-heal.ts'

const [broken] = everythingBut(['status-page'], { symptom: '503/132' }, flows)

export default referenceScenario({
  id: 'facebook-self-heal',
  title: 'Facebook, 2010-09-23: all clients repair the same setting at once',
  incident,
  stack: referenceSite({ gateway: { status: honestStatusPage } }),
  actors,
  flows,
  steps: asItWent,
  expect: reproduces([{ ...broken, until: over }], { statusPageLies: false }),
})
