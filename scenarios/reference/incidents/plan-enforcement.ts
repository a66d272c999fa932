import { mergePatch, type Change, type Effect, type Rollout } from 'aftershock'
import { people, viewers } from '../actors.ts'

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
