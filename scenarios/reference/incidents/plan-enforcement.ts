import { mergePatch, type Change, type Effect, type Incident, type Rollout } from 'aftershock'
import { people, viewers } from '../actors.ts'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2023-03-06',
  organisation: 'Twitter',
  durationText: 'about an hour',
  mechanism: 'API plans were enforced without an exemption for the own apps and services',
  caughtBy: [
    practices.identities,
    practices.meaning,
    practices.oneReplica,
    practices.realValue,
    practices.statusHonesty,
  ],
  sources: [
    {
      title: 'Did Twitter just break itself?',
      url: 'https://www.zdnet.com/article/did-twitter-just-break-itself/',
      kind: 'press',
    },
    {
      title: "External links cannot be opened temporarily due to Twitter's API error",
      url: 'https://gigazine.net/gsc_news/en/20230307-twitter-api-error-broke-link',
      kind: 'press',
    },
  ],
}

const refused = '403/467'

/** What the change was for: clients on the free plan lose what only paying clients are to have. */
export const freePlanIsRefused: readonly Effect[] = [
  {
    flows: ['read-by-api', 'view-new-image', 'open-new-link'],
    actors: ['free-api'],
    becomes: refused,
  },
]

export function enforcePlans(
  options: { readonly rollout?: Rollout; readonly effects?: readonly Effect[] } = {},
): Change {
  return mergePatch('enforce-api-plans', {
    title: 'enforce API plans',
    service: 'gateway',
    patch: { plan: { enforce: true } },
    effects: freePlanIsRefused,
    ...options,
  })
}

/** What the gateway refuses the site's own apps and services, which have no plan either. */
export const refusedWithoutExemption = [
  { flows: ['public-timeline'], symptom: refused },
  { flows: ['post-image', 'post-link'], actors: people, symptom: refused },
  {
    flows: ['view-new-image', 'view-old-image', 'open-new-link', 'open-old-link', 'read-terms'],
    actors: viewers,
    symptom: refused,
  },
  { flows: ['internal-lookup'], symptom: refused },
]
