/** The same change as in fastly-valid-tenant with the guard on: each tenant's key is compiled by itself, and acme alone goes without. */
import { holds } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { referenceSite } from '../stack.ts'
import { incident, steps } from './valid-tenant.ts'

export default referenceScenario({
  id: 'fastly-valid-tenant-guarded',
  title: 'The same setting, tenants kept apart',
  incident: { ...incident, guardOf: 'fastly-valid-tenant' },
  stack: referenceSite({ gateway: { guards: { isolateTenants: true } } }),
  steps,
  expect: holds(),
})
