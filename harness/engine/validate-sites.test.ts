import { expect, it } from 'vitest'

import type { Step } from '../core/index.ts'
import { checkSitesInForce } from './validate-sites.ts'

const fault = (name: string, host: string, order?: string): Step =>
  ({ kind: 'fault', name, sites: [{ host }], ...(order && { order }) }) as unknown as Step
const undo = (step: string): Step =>
  ({ kind: 'undo', name: `undo-${step}`, step }) as unknown as Step

const problems = (step: Step, earlier: Step[]) =>
  checkSitesInForce('steps[1]', step, earlier).map(({ message }) => message)

it('refuses a second failure mode of a site, which would end the first', () => {
  expect(problems(fault('b', 'x.example'), [fault('a', 'x.example')])).toEqual([
    "puts x.example into a failure mode, and 'a' has it in one already",
  ])
})

it.each([
  ['of another site', [fault('a', 'y.example')]],
  ['after the first is undone', [fault('a', 'x.example'), undo('a')]],
  ['in another order', [fault('a', 'x.example', 'other')]],
])('takes one %s', (_, earlier) => {
  expect(problems(fault('b', 'x.example'), earlier)).toEqual([])
})
