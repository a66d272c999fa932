/**
 * Twitter, 2023-02-08, from about 22:00 UTC, about an hour. S: Associated Press of 2023-02-09, 'Twitter outage sees users told they have
 * exceeded post limit'; cause by Platformer, taken up in https://gizmodo.com/elon-musk-twitter-engineers-shadowban-engagement-1850096392
 *
 * Nobody could post: "You are over the daily limit for sending Tweets", though nobody had reached the 2,400 a day. Reading worked, and so
 * did posts that were scheduled. As reported, an employee had deleted data of the internal service that sets the limits, whose team had
 * left the company. What the status page said is not known; here it stays green, since publishing is no component of it.
 */
import { reproduces } from 'aftershock'
import { people } from '../actors.ts'
import { referenceScenario } from '../scenario.ts'
import { incident, steps } from './limits-gone.ts'

export default referenceScenario({
  id: 'twitter-limits-gone',
  title: 'Twitter, 2023-02-08: limit data deleted, every limit zero',
  incident,
  steps,
  expect: reproduces(
    [{ flows: ['post-text', 'post-image', 'post-link'], actors: people, symptom: '429/88' }],
    { statusPageLies: true },
  ),
})
