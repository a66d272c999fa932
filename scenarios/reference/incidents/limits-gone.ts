import { mergePatch, type Incident } from 'aftershock'
import { practices } from './practices.ts'

/** What the press wrote, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Twitter',
  date: '2023-02-08',
  durationText: 'about an hour',
  mechanism: 'the data of limits was deleted, and a missing limit was taken for zero',
  sources: [
    {
      title: 'Twitter outage sees users told they have exceeded post limit',
      url: 'https://www.irishexaminer.com/world/arid-41067317.html',
      kind: 'press',
    },
    {
      title: 'Gizmodo, after Platformer: data of the service that sets rate limits deleted',
      url: 'https://gizmodo.com/elon-musk-twitter-engineers-shadowban-engagement-1850096392',
      kind: 'press',
    },
  ],
  caughtBy: [practices.realValue, practices.fuzzing, practices.meaning],
}

export const steps = [
  mergePatch('clean-up-limits', {
    title: 'delete limit data that looks unused',
    service: 'gateway',
    patch: { quota: { publishPerDay: null } },
  }),
]
