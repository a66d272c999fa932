import { mergePatch, type Incident } from 'aftershock'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Fastly',
  date: '2021-06-08',
  durationText: '49 minutes',
  mechanism: 'a valid setting of one customer met a bug that failed the requests of all',
  sources: [
    {
      title: 'Summary of June 8 outage',
      url: 'https://www.fastly.com/blog/summary-of-june-8-outage',
      kind: 'own report',
    },
  ],
  caughtBy: [practices.realValue, practices.fuzzing, practices.oneReplica],
}

/** A customer changes a setting of their own, and the schema has nothing against it. */
export const steps = [
  mergePatch('acme-caches-all', {
    title: 'customer acme: cache everything',
    service: 'gateway',
    patch: { tenants: { acme: { cacheKey: '*' } } },
  }),
]
