/** The same change as in cloudflare-waf-regex with the guard on: a rule that takes longer than its budget is put out of use. Expressions of linear time, the other guard, Node does not have. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, flows, gateway, steps, users } from './slow-rule.ts'

export default referenceScenario({
  id: 'cloudflare-waf-regex-guarded',
  title: 'The same rule, with a budget of time',
  incident: { ...incident, guardOf: 'cloudflare-waf-regex' },
  stack: referenceSite({ gateway: { ...gateway, guards: { wafTimeBudget: true } } }),
  actors: users,
  flows,
  steps,
  expect: holds(),
})
