/**
 * The same rollout with the guard on: the spare node is filled from the one that leaves before it takes its place. Shedding, which ended the
 * outage, is in slack-cold-cache; one query at a time for each author is left out, since a warm node needs none.
 */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { actors, flows, incident, upgrade } from './cold-cache.ts'

export default referenceScenario({
  id: 'slack-cold-cache-guarded',
  title: 'The same cache node, replaced by one that is warm',
  incident: { ...incident, guardOf: 'slack-cold-cache' },
  stack: referenceSite({ gateway: { guards: { warmCacheNodes: true } } }),
  actors,
  flows,
  steps: [upgrade],
  expect: holds(),
})
