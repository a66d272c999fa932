/**
 * Wikimedia, deployed on 2025-02-27, seen from 03:30 on 2025-02-28 UTC until 10:35: a rule redirected www.wikipedia.org to itself. Good answers in caches
 * hid it for half a day, and bad ones (301, kept for up to 24 hours) outlived the fix until the caches were purged. Reading and editing went on; the
 * status page told of it at 09:36, six hours after the first users saw it.
 * Here redirects are permanent, and the gateways keep them for six hours, by clocks that are put forward. The own pages get rules that lead to
 * themselves, and for a while nothing is to be seen; then what was kept expires. What is kept in its place outlives the rules, until it
 * expires as well. Links to elsewhere go on. With 302 nothing is kept: it breaks at once, and the undo is the end of it.
 * Other than the real one, which told of it in the end, the status page asks health endpoints, and stays green.
 * P: https://wikitech.wikimedia.org/wiki/Incidents/2025-02-28_www.wikipedia.org_redirect
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { asItWent, flows, incident, judgement, link, over } from './wikimedia-redirect.ts'

export default referenceScenario({
  id: 'wikimedia-redirect',
  title: 'Wikimedia, 2025-02-28: a redirect to itself that caches keep',
  incident,
  stack: referenceSite({ link }),
  flows,
  steps: asItWent,
  judgement,
  expect: reproduces([{ flows: ['read-terms'], symptom: '301 but another target', until: over }], {
    statusPageLies: true,
  }),
})
