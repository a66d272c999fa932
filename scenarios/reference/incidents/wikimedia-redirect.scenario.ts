/**
 * Wikimedia, deployed on 2025-02-27, seen from 03:30 on 2025-02-28 UTC until 10:35: a rule redirected www.wikipedia.org to itself. Good answers in caches
 * hid it for half a day, and bad ones (301, kept for up to 24 hours) outlived the fix until the caches were purged. Reading and editing went on; the
 * status page told of it at 09:36, six hours after the first users saw it.
 * Here the own pages of the site get rules that lead to themselves, permanent ones that the gateway may keep; links to elsewhere go on. They break
 * at once, since nothing was kept before; and they stay broken when the rules are gone, until what was kept expires, here within four seconds.
 * The status page asks health endpoints, and stays green.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, steps } from './wikimedia-redirect.ts'

export default referenceScenario({
  id: 'wikimedia-redirect',
  title: 'Wikimedia, 2025-02-28: a redirect to itself that caches keep',
  incident,
  steps,
  expect: reproduces([{ flows: ['read-terms'], symptom: '301 but another target' }], {
    statusPageLies: true,
  }),
})
