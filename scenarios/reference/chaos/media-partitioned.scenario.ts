/**
 * One of two replicas of the media service and the gateways do not hear each other for a while. Requests that are sent to it get no answer: whoever
 * uploads then does not know what became of the image, which is neither a success nor a failure. What was acknowledged is there once afterwards.
 */
import { holds, partition } from 'aftershock'
import { flows } from '../flows/index.ts'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { usesMedia } from './cells.ts'

export default referenceScenario({
  id: 'media-partitioned',
  title: 'One media replica and the gateways do not hear each other',
  // Users are told after a second, and do not wait for as long as they can.
  stack: referenceSite({ gateway: { upstream: { timeoutMs: 1_000 } } }),
  flows: flows.filter(({ id }) => !id.includes('link') && id !== 'preview' && id !== 'read-terms'),
  steps: [
    partition('media-cut-off', {
      replica: 'media-1',
      from: ['gateway'],
      effects: usesMedia('*'),
    }),
  ],
  expect: holds(),
})
