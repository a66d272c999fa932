/**
 * One of two replicas of the media service is killed while people publish. Uploads that it was to take fail, now and then, and so do images that
 * the gateway asks it for twice in a row; nothing else may, and what was acknowledged is there once when it is back.
 */
import { holds, serviceFault } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { usesMedia } from './cells.ts'

export default referenceScenario({
  id: 'media-killed',
  title: 'One media replica is killed while people publish',
  steps: [
    serviceFault('media-dies', {
      replica: 'media-2',
      action: 'kill',
      effects: usesMedia('*'),
    }),
  ],
  expect: holds({ recoverWithinMs: 20_000 }),
})
