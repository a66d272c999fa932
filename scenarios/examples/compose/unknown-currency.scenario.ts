import { defineScenario, envChange, reproduces } from 'aftershock'
import { buy, customer, shop } from './shop.ts'

export default defineScenario({
  id: 'compose-unknown-currency',
  title: 'A currency that the catalogue does not know is rolled out to the shop',
  stack: shop,
  actors: [customer],
  flows: [buy],
  steps: [envChange('sell-in-yen', { service: 'shop', env: { CURRENCY: 'JPY' } })],
  expect: reproduces([{ flows: ['see-a-price'], symptom: '502' }]),
})
