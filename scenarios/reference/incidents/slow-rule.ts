import { jsonPatch, type Incident } from 'aftershock'
import type { InitialConfig } from '../stack.ts'
import { actors } from '../actors.ts'
import { flows as all } from '../flows/index.ts'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Cloudflare',
  date: '2019-07-02',
  durationText: '27 minutes',
  mechanism: 'a firewall rule that was only to be simulated backtracked until no CPU was left',
  sources: [
    {
      title: 'Details of the Cloudflare outage on July 2, 2019',
      url: 'https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/',
      kind: 'own report',
    },
  ],
  caughtBy: [practices.realValue, practices.oneReplica],
}

/** The expression as published. `.*(?:.*=.*)` tries every way to split a line that has no '='. */
const pattern = String.raw`(?:(?:"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|${'`'}|-|\+)+[)]*;?((?:\s|-|~|!|\{\}|\|\||\+)*.*(?:.*=.*)))`

export const steps = [
  jsonPatch('detect-inline-script', {
    title: 'a rule against inline JavaScript, to be simulated only',
    service: 'gateway',
    operations: [
      {
        op: 'add',
        path: '/waf/rules/-',
        value: { id: 'inline-script', mode: 'simulate', pattern },
      },
    ],
  }),
]

/** As the browser within a large app names itself, and its extensions after it. Nothing in it is an attack. */
const agent = Array.from(
  { length: 3 },
  (_, n) =>
    `Mozilla/5.0 (Linux; Android 9; SM-G960U Build/PPR1.180610.011; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/74.0.3729.157 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/224.0.0.33.114;${n}]`,
).join(' ')

export const users = actors
  .filter(({ id }) => ['web', 'visitor', 'paid-api'].includes(id))
  .map((actor) => ({ ...actor, headers: { ...actor.headers, 'user-agent': agent } }))

/** Of each kind one: a burnt processor makes every request slow, and there need not be many. */
const asked = [
  'timeline',
  'public-timeline',
  'post-text',
  'view-cached-image',
  'open-new-link',
  'read-by-api',
  'status-page',
]
export const flows = all.filter(({ id }) => asked.includes(id))

/** How long whoever asks is to wait, on a network where nothing is held up for a millisecond. */
export const gateway: InitialConfig = { admission: { deadlineMs: 30 } }
