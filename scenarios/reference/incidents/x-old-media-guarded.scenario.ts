/** The same change with the guard on: content that is not where the configuration says is looked for where it was written. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './x-old-media.ts'

export default referenceScenario({
  id: 'x-old-media-guarded',
  title: 'The same prefix taken away, and content found where it was written',
  incident: { ...incident, guardOf: 'x-old-media' },
  stack: referenceSite({ media: { guards: { legacyFallback: true } } }),
  steps,
  expect: holds(),
})
