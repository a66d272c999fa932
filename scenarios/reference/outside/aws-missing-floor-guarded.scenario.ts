/** The same with the guard on: a missing limit means a second and not for ever, so a site that hangs costs its own card and nothing else. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, smallPool, steps, users } from './missing-floor.ts'

export default referenceScenario({
  id: 'aws-missing-floor-guarded',
  title: 'The same limit removed, and a floor under it',
  stack: smallPool({ fetchFloor: true }),
  incident: { ...incident, guardOf: 'aws-missing-floor' },
  actors: users,
  steps,
  expect: holds(),
  judgement: { windowMs: 60_000 },
})
