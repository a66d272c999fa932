import { mergePatch, undo, wait, type Incident, type Step } from 'aftershock'
import { actors as all } from '../actors.ts'
import { flows as everything } from '../flows/index.ts'
import { practices } from './practices.ts'

/** What the report says, and what would have shown it before. */
export const incident: Incident = {
  organisation: 'Facebook',
  date: '2010-09-23',
  durationText: 'about 2.5 hours',
  mechanism: 'all clients repaired an invalid setting at once, and took each error for another one',
  sources: [
    {
      title: "More Details on Today's Outage",
      url: 'https://www.facebook.com/notes/facebook-engineering/more-details-on-todays-outage/431441338919',
      kind: 'own report',
    },
    {
      title:
        'Clarke Daily News, with the words of the report and of the status page of the platform',
      url: 'https://www.clarkedailynews.com/facebook-crashes-taking-like-buttons-across-the-internet-with-it/',
      kind: 'press',
    },
  ],
  caughtBy: [practices.realValue, practices.undo, practices.coldCache, practices.oneReplica],
}

export const badValue = mergePatch('raise-the-limit', {
  title: 'let headers be longer',
  service: 'gateway',
  patch: { settings: { headerBytes: '32k' } },
})

export const actors = all.filter(({ id }) => ['web', 'visitor', 'paid-api'].includes(id))

const behindTheGate = [
  'sign-in',
  'timeline',
  'public-timeline',
  'post-text',
  'open-new-link',
  'read-by-api',
]
export const flows = everything.filter(({ id }) => [...behindTheGate, 'status-page'].includes(id))

const seconds = 1_000
const turnedOff = 'turn-the-site-off'

/** The name of the step with which it is over. */
export const over = `undo-${turnedOff}`

/** The value is put right, which is no help; then nobody is let in until the database has worked off what it was sent. */
export const asItWent: readonly Step[] = [
  badValue,
  undo(badValue.name),
  wait('hours-of-looking', 2 * seconds),
  mergePatch(turnedOff, {
    title: 'turn the site off',
    service: 'gateway',
    patch: { admission: { closed: true } },
    effects: [{ flows: behindTheGate, becomes: '503/133' }],
  }),
  wait('the-database-catches-up', 2.5 * seconds),
  undo(turnedOff),
]
