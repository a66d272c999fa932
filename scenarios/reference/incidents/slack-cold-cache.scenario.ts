/**
 * Slack, 2022-02-22, from shortly after 06:00 PST, for about five hours. P: "Slack's Incident on 2-22-22",
 * https://slack.engineering/slacks-incident-on-2-22-22/
 *
 * Agents were upgraded on a quarter of the hosts, cache nodes among them. While an agent restarts its node leaves, and a spare one takes
 * its place, empty. What was not in the cache any more had to be asked of every shard of the database, by each client that booted. The
 * database could not keep up, queries ran into their time limit, and what timed out could not fill the cache. Pausing the rollout did
 * not help. Boots were throttled, the query was made cheaper, and then more and more were let in. Who was in could go on working. The status page
 * told of it from about half an hour later.
 *
 * Here timelines, images and previews need to know of each author whether they may be shown, which a cache node keeps. The node leaves and an
 * empty one joins; taking that back brings the old node, empty as well. Both times all readers ask for all that is missing at once. The
 * database works one query at a time, late ones too, and late answers are dropped. It goes on for as long as readers come at the rate at
 * which they always did; let in a few at a time, they fill it. Publishing, the public timeline, which editors chose, and images that the
 * gateway has in its cache go on.
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { honestStatusPage } from './cells.ts'
import { actors, asItWent, flows, incident, needy, over } from './cold-cache.ts'

export default referenceScenario({
  id: 'slack-cold-cache',
  title: 'Slack, 2022-02-22: an empty cache that cannot fill again',
  incident,
  stack: referenceSite({ gateway: { status: honestStatusPage } }),
  actors,
  flows,
  steps: asItWent,
  expect: reproduces([{ flows: needy, symptom: '503/132', until: over }], {
    statusPageLies: false,
  }),
})
