import { jsonPatch, type Incident } from 'aftershock'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Google Cloud',
  date: '2025-06-12',
  durationText: '40 minutes, in us-central1 2 h 40 min',
  mechanism: 'a policy with a blank field met code that had never been used, and a null',
  sources: [
    {
      title: 'Multiple GCP products are experiencing Service issues',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
      kind: 'own report',
    },
  ],
  caughtBy: [practices.realValue, practices.fuzzing, practices.oneReplica, practices.statusHonesty],
}

/** What a tool writes when fields of its form were left blank. */
export const steps = [
  jsonPatch('add-a-quota-policy', {
    title: 'add a policy for further quota checks',
    service: 'gateway',
    operations: [
      { op: 'add', path: '/policy/rules/-', value: { id: 'regional', route: '*', limit: null } },
    ],
  }),
]
