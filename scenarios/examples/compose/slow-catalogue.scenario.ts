import { defineScenario, holds, linkFault } from 'aftershock'
import { buy, customer, shop } from './shop.ts'

export default defineScenario({
  id: 'compose-slow-catalogue',
  title: 'The link from the shop to the catalogue is slow, and the shop bears it',
  stack: shop,
  actors: [customer],
  flows: [buy],
  steps: [
    linkFault('slow-catalogue', {
      from: 'shop',
      to: 'catalogue',
      toxics: [{ type: 'latency', attributes: { latency: 100 } }],
    }),
  ],
  expect: holds(),
})
