import { jsonPatch, type Incident, type Step } from 'aftershock'
import { practices } from './practices.ts'

export const incident: Incident = {
  date: '2009-01-31',
  organisation: 'Google',
  durationText: 'about 40 minutes',
  mechanism: 'an entry of a blocklist matched every address',
  caughtBy: [practices.realValue, practices.meaning, practices.fuzzing, practices.oneReplica],
  sources: [
    {
      title: "'This site may harm your computer' on every search result",
      url: 'https://googleblog.blogspot.com/2009/01/this-site-may-harm-your-computer-on.html',
      kind: 'own report',
    },
  ],
}

/** Every link is refused. */
export const steps: readonly Step[] = [
  jsonPatch('update-the-denylist', {
    title: 'update the list of harmful sites',
    service: 'link',
    operations: [
      { op: 'add', path: '/denylist/-', value: 'scam.example' },
      { op: 'add', path: '/denylist/-', value: '/' },
    ],
  }),
]
