/**
 * Twitter, 2023-03-06, about 16:45 to 17:50 UTC. A change in the project that ended free access to the API took away the company's own
 * access as well: links and images answered HTTP 403 with code 467, text posts went on, signed-in timelines went on, and the status page
 * said that all systems were operational. Cause as reported by the press: one engineer's configuration change.
 *
 * Where this differs from what was seen: the power-user client breaks in the same flows as the other own apps and keeps the others; a
 * paying API client keeps what needs no call within the site; the documentation page that the error names is on a host of its own and
 * still answers, since other than in 2023 no plan applies to it.
 * S: https://www.zdnet.com/article/did-twitter-just-break-itself/
 * and https://gigazine.net/gsc_news/en/20230307-twitter-api-error-broke-link
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { enforcePlans, incident, refusedWithoutExemption } from './plan-enforcement.ts'

export default referenceScenario({
  id: 'twitter-api-plan',
  title: 'Twitter, 2023-03-06: API plans enforced, the own apps forgotten',
  incident,
  steps: [enforcePlans()],
  expect: reproduces(
    [
      ...refusedWithoutExemption,
      { flows: ['preview'], symptom: '403/467' },
      // A paying client is let in; then media asks the gateway who owns the image, and is refused.
      { flows: ['read-by-api'], actors: ['paid-api'], symptom: '502/130' },
    ],
    { statusPageLies: true },
  ),
})
