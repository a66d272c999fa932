/**
 * The same entry with the guard on: what would block nearly everything is passed over. A cap on the share of links that a new list may
 * refuse, which would stop longer entries as well, is left out.
 */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './google-slash.ts'

export default referenceScenario({
  id: 'google-slash-guarded',
  title: 'The same entry, and a least of what an entry must say',
  incident: { ...incident, guardOf: 'google-slash' },
  stack: referenceSite({ link: { guards: { specificEntries: true } } }),
  steps,
  expect: holds(),
})
