import { mergePatch, undo, wait, type Incident, type Step } from 'aftershock'
import { actors as all } from '../actors.ts'
import { flows as everything } from '../flows/index.ts'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Slack',
  date: '2022-02-22',
  durationText: 'about 5 hours',
  mechanism:
    'a rollout of agents emptied the cache, and what the database answered came too late to fill it again',
  sources: [
    {
      title: "Slack's Incident on 2-22-22",
      url: 'https://slack.engineering/slacks-incident-on-2-22-22/',
      kind: 'own report',
    },
    {
      title: 'Popculture, on the status page of that morning',
      url: 'https://popculture.com/trending/news/slack-down-social-media-celebrating/',
      kind: 'press',
    },
  ],
  caughtBy: [practices.coldCache, practices.undo, practices.oneReplica],
}

export const upgrade = mergePatch('upgrade-agents', {
  title: 'a new agent on the cache node, for which a spare one steps in',
  service: 'gateway',
  patch: { authors: { cacheNode: 'node-2' } },
})

const seconds = 1_000
const slowly = 'let-few-in-at-a-time'

/** The name of the step with which it is over. */
export const over = `undo-${slowly}`

/** The rollout is taken back, which is no help; then so few are let in that the cache can fill. */
export const asItWent: readonly Step[] = [
  upgrade,
  undo(upgrade.name),
  wait('hours-of-looking', 2 * seconds),
  mergePatch(slowly, {
    title: 'few readers a second, and more when the cache has filled',
    service: 'gateway',
    patch: { admission: { readsPerSecond: 3 } },
  }),
  wait('the-cache-fills', 4 * seconds),
  undo(slowly),
]

export const actors = all.filter(({ id }) => ['web', 'mobile', 'power', 'visitor'].includes(id))

/** What needs to know of each author that they may be shown. */
export const needy = ['timeline', 'view-old-image', 'preview']

const asked = [...needy, 'public-timeline', 'view-cached-image', 'post-text', 'status-page']
export const flows = everything.filter(({ id }) => asked.includes(id))
