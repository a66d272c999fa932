/** The same changes with the guard on: content that is not where the configuration says is looked for where it was written. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { changes, flows, incident } from './x-old-media.ts'

const guarded = { guards: { legacyFallback: true } }

export default referenceScenario({
  id: 'x-old-media-guarded',
  title: 'The same prefixes taken away, and content found where it was written',
  incident: { ...incident, guardOf: 'x-old-media' },
  stack: referenceSite({ media: guarded, link: guarded }),
  flows,
  steps: changes,
  expect: holds(),
})
