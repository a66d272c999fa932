/**
 * The clock of one of two gateways is wrong: five minutes ahead, which nobody notices; then a day and an hour, by which it takes every session
 * for expired, so that whoever is signed in is sent away now and then. Once it is right the sessions are as good as before.
 */
import { clockFault, holds, undo } from 'aftershock'
import { referenceScenario } from '../scenario.ts'

const minuteMs = 60_000

export default referenceScenario({
  id: 'gateway-clock-ahead',
  title: 'The clock of one gateway is ahead',
  steps: [
    clockFault('minutes-ahead', { replica: 'gateway-2', offsetMs: 5 * minuteMs }),
    undo('minutes-ahead'),
    clockFault('a-day-ahead', {
      replica: 'gateway-2',
      offsetMs: 25 * 60 * minuteMs,
      effects: [{ flows: ['timeline', 'post-text', 'post-image', 'post-link'], becomes: '401/89' }],
    }),
  ],
  expect: holds(),
})
