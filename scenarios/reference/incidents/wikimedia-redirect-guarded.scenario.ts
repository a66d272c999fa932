/** The same rules with the guard on: one that leads back to itself is passed over, and what is kept when the good redirects expire are good ones again. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { changes, flows, incident, judgement, link } from './wikimedia-redirect.ts'

export default referenceScenario({
  id: 'wikimedia-redirect-guarded',
  title: 'The same rules, passed over since they lead to themselves',
  incident: { ...incident, guardOf: 'wikimedia-redirect' },
  stack: referenceSite({ link: { ...link, guards: { redirectLint: true } } }),
  flows,
  steps: changes,
  judgement,
  expect: holds(),
})
