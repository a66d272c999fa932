import { expect, test } from 'vitest'
import { fail, type Reason } from '../core/index.ts'
import { isReproduced } from './faults.ts'
import { summarize } from './summary.ts'
import { incident, twitterCells, upToBaseline } from './test-journal.ts'

const cell = { flow: 'open-link', actor: 'web' }
const slow: Reason = { code: 'slow-recovery', message: 'took 900 ms' }

test.each<[string, boolean, readonly Reason[]]>([
  ['was slow to come back', true, [slow]],
  ['broke in another way', false, [slow, { code: 'wrong-symptom', message: 'm', cell }]],
  [
    'had a cell of which too little was seen',
    false,
    [slow, { code: 'no-data', message: 'm', cell }],
  ],
  ['was refused by one replica', false, [{ code: 'change-refused', message: 'm' }]],
  ['was cut off', false, [slow, { code: 'interrupted', message: 'm' }]],
])('an outage that broke cells and %s: reproduced is %s', (_, told, reasons) => {
  expect(isReproduced(summarize(incident({ verdict: fail(...reasons) }).events))).toBe(told)
})

test('an outage in which nothing broke does not reproduce, whatever else is wrong', () => {
  const journal = upToBaseline().open('change:1', 'enforce-plans')
  for (const one of twitterCells) journal.judge('change:1', one, 'holds')
  expect(isReproduced(summarize(journal.end(fail(slow)).events))).toBe(false)
})
