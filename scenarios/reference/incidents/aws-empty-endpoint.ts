import { mergePatch, type Incident, type Step } from 'aftershock'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2025-10-20',
  organisation: 'AWS',
  durationText: '3 to 14 hours',
  mechanism: 'a stale plan was applied late, and the record of an endpoint was left empty',
  caughtBy: [practices.realValue, practices.fuzzing, practices.oneReplica, practices.mixedVersions],
  sources: [
    {
      title:
        'Summary of the Amazon DynamoDB Service Disruption in the Northern Virginia (US-EAST-1) Region',
      url: 'https://aws.amazon.com/message/101925/',
      kind: 'own report',
    },
  ],
}

export const steps: readonly Step[] = [
  mergePatch('apply-plan-9', {
    title: 'apply plan 9 for the addresses of media',
    service: 'gateway',
    patch: { upstreams: { generation: 9, media: [] } },
  }),
]
