import { mergePatch, replicas, type Incident } from 'aftershock'
import { BOT_FEATURES } from '../services/gateway/checks/bot-features.ts'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Cloudflare',
  date: '2025-11-18',
  durationText: '3 hours, all of it 6',
  mechanism: 'a list of features doubled and did not fit in the room reserved for it, now and then',
  sources: [
    {
      title: 'Cloudflare outage on November 18, 2025',
      url: 'https://blog.cloudflare.com/18-november-2025-outage/',
      kind: 'own report',
    },
  ],
  caughtBy: [practices.realValue, practices.fuzzing, practices.oneReplica],
}

/** The query that writes the list meets a second copy of each table, and so each feature comes twice: 240 where 200 fit. */
export const steps = [
  mergePatch('renew-features', {
    title: 'renew the list of bot features, as every five minutes',
    service: 'gateway',
    patch: { features: { list: [...BOT_FEATURES, ...BOT_FEATURES] } },
    rollout: replicas(1),
  }),
]

/** Half of the requests fail: nine in a row that do not would come to one cell in 500. These are some twenty. */
export const judgement = { miss: 0.0005 }
