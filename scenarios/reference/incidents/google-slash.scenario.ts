/**
 * Google, 2009-01-31, 14:27 to 15:25 UTC, about 40 minutes for any one user. An update of the list of harmful sites held the entry '/', put there by
 * hand, which every address begins with: each search result was marked as harmful, and could not be opened from there. The list was taken back.
 * Here the list is the denylist of the link service. Links are refused when they are made, opened or shown; whatever has no link in it goes on.
 * The report speaks of no status page; here it asks health endpoints, and stays green.
 * P: https://googleblog.blogspot.com/2009/01/this-site-may-harm-your-computer-on.html
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, steps } from './google-slash.ts'

export default referenceScenario({
  id: 'google-slash',
  title: 'Google, 2009-01-31: a slash on the list of harmful sites',
  incident,
  steps,
  expect: reproduces(
    [
      {
        flows: ['post-link', 'open-new-link', 'open-old-link', 'read-terms', 'preview'],
        symptom: '403/240',
      },
    ],
    { statusPageLies: true },
  ),
})
