import { jsonPatch, replicas, type Incident } from 'aftershock'
import type { InitialConfig } from '../stack.ts'
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

/** In place of five minutes. */
export const features: InitialConfig = { everyMs: 20 }

/** Two of three nodes of the database have it so far. What they answer has each feature twice: 240 where 200 fit. */
export const steps = [
  jsonPatch('explicit-rights', {
    title: 'users see the tables that they may read, below what they are views of',
    service: 'gateway',
    operations: [1, 2].map((node) => ({
      op: 'add' as const,
      path: `/features/nodes/${node}/schemas/-`,
      value: 'r0',
    })),
    rollout: replicas(1),
  }),
]

/** One request in three fails, so one that fails never is believed after 65, which is many files later. */
export const judgement = { detectRatio: 0.1, miss: 0.002 }
