import { expect, test } from 'vitest'
import { rebased } from './rebased.ts'

const before = { note: 'a', delay: 0, plan: { enforce: false, list: [1] }, old: 1 }

test.each([
  ['nothing was edited', before, { ...before, delay: 5 }, { ...before, delay: 5 }],
  ['what was edited stays', { ...before, note: 'b' }, before, { ...before, note: 'b' }],
  [
    'both',
    { ...before, note: 'b', plan: { enforce: true, list: [1] } },
    { ...before, delay: 5, plan: { enforce: false, list: [1, 2] }, fresh: true },
    { note: 'b', delay: 5, plan: { enforce: true, list: [1, 2] }, old: 1, fresh: true },
  ],
  [
    'the same member: as it was edited',
    { ...before, delay: 3 },
    { ...before, delay: 5 },
    { ...before, delay: 3 },
  ],
  [
    'what was taken out stays out, and what is gone is gone',
    { note: 'a', delay: 0, plan: before.plan },
    { note: 'a', plan: before.plan, old: 1 },
    { note: 'a', plan: before.plan },
  ],
  ['a document that is no object', [1, 2], [1, 3], [1, 2]],
])('%s', (_, edited, now, expected) => {
  expect(rebased(edited, Array.isArray(edited) ? [1] : before, now)).toEqual(expected)
})
