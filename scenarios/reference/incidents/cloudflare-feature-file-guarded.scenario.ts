/** The same change as in cloudflare-feature-file with the guard on: a list that does not fit is not taken, and the last one that did stays. Asked less strictly, since nothing is to fail now and then. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { features, incident, steps } from './doubled-features.ts'

export default referenceScenario({
  id: 'cloudflare-feature-file-guarded',
  title: 'The same feature file, refused for its size',
  incident: { ...incident, guardOf: 'cloudflare-feature-file' },
  stack: referenceSite({ gateway: { features, guards: { refuseOversizedFeatures: true } } }),
  steps,
  expect: holds(),
})
