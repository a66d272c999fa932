/**
 * AWS, Seoul, 2018-11-22, 84 minutes: a setting that was removed left a dangerous default behind. Here it is the time that the link service
 * gives a page. Without it, each preview of a site that hangs takes a place in the pool for good: previews break, and when the pool is
 * exhausted, so do publishing and opening links, of sites that are well too. What asks no site goes on.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, smallPool, steps, users } from './missing-floor.ts'

const symptom = '502/130'

export default referenceScenario({
  id: 'aws-missing-floor',
  title: 'AWS Seoul, 2018-11-22: a limit removed, a pool exhausted',
  stack: smallPool(),
  incident,
  actors: users,
  steps,
  expect: reproduces([
    {
      flows: ['preview', 'post-link', 'open-new-link', 'open-old-link', 'read-terms'],
      symptom,
    },
  ]),
  judgement: { windowMs: 60_000 },
})
