// shop.example: a shop. Item pages carry product metadata (price, currency, availability); unknown items are 404.
import { site } from 'aftershock'
import { http } from 'msw'

import { image, notFound, page } from '../fixture.ts'

interface Item {
  readonly name: string
  readonly price: string
  readonly availability: 'in stock' | 'out of stock'
}

const items: Readonly<Record<string, Item>> = {
  '7': { name: 'Enamel mug, 35 cl', price: '14.50', availability: 'in stock' },
  '1002': { name: 'Wool blanket "Fjord"', price: '89.00', availability: 'in stock' },
  '1003': { name: 'Desk lamp', price: '120.00', availability: 'out of stock' },
}

export const shop = site('shop.example', {
  title: 'Example Shop, a shop',
  handlers: [
    http.get('/items/:id', ({ params }) => {
      const id = String(params['id'])
      const item = Object.hasOwn(items, id) ? items[id] : undefined
      return item ? page('shop-item.html', { id, ...item }) : notFound()
    }),
    http.get('/pictures/:file', () => image('shop-item.png')),
  ],
})
