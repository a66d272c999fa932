import { jsonPatch, mergePatch, undo, wait, type Incident, type Step } from 'aftershock'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Google Cloud',
  date: '2025-06-12',
  durationText: '40 minutes, in us-central1 2 h 40 min',
  mechanism:
    'a blank field of a policy was a null that crashed what read it, and all that restarted asked at once',
  sources: [
    {
      title: 'Multiple GCP products are experiencing Service issues',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
      kind: 'own report',
    },
  ],
  caughtBy: [
    practices.realValue,
    practices.fuzzing,
    practices.oneReplica,
    practices.coldCache,
    practices.statusHonesty,
  ],
}

/** Policies are in use: a limit that nobody comes near. */
export const gateway = {
  policy: { rules: [{ id: 'fair-use', route: '*', limit: { perMinute: 1_000_000 } }] },
}

/** What a tool writes when fields of its form were left blank. */
export const blankPolicy = jsonPatch('add-a-quota-policy', {
  title: 'add a policy for further quota checks',
  service: 'gateway',
  operations: [
    { op: 'add', path: '/policy/rules/-', value: { id: 'regional', route: '*', limit: null } },
  ],
})

export const jitter = { restart: { jitterMs: 2_000 } }

/** The name of the step with which it is over. */
export const over = 'spread-the-starts'

/** The policy is taken away, which is no help where all tasks start at once; then they are made to spread. */
export const asItWent: readonly Step[] = [
  blankPolicy,
  wait('forty-minutes', 1_500),
  undo(blankPolicy.name),
  mergePatch(over, {
    title: 'tasks wait for up to two seconds before they start again, by chance',
    service: 'gateway',
    patch: { policy: jitter },
  }),
]
