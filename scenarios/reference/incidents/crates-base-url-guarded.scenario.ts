/** The same base with the guard on: base and path are joined as addresses, not as texts. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './crates-base-url.ts'

export default referenceScenario({
  id: 'crates-base-url-guarded',
  title: 'The same base address, joined with care',
  incident: { ...incident, guardOf: 'crates-base-url' },
  stack: referenceSite({ media: { guards: { urlJoin: true } } }),
  steps,
  expect: holds(),
})
