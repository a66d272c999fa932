import { composeStack, defineActor, defineFlow, FlowFailure } from 'aftershock'

/** The compose file as it is. What it cannot say: which services speak HTTP, and how one sees that they are ready. */
export const shop = await composeStack(new URL('compose.yaml', import.meta.url), {
  entry: 'shop',
  http: {
    shop: { port: 8080, health: '/healthz' },
    catalogue: { port: 3000, health: '/healthz' },
  },
})

export const customer = defineActor({ id: 'customer', title: 'A customer', headers: {} })

export const buy = defineFlow({
  id: 'see-a-price',
  title: 'See what an item costs',
  actors: ['customer'],
  async run({ http }) {
    const answer = await http.get('/lamp')
    if (answer.status !== 200 || !answer.text().startsWith('<p>10 ')) {
      throw new FlowFailure(String(answer.status), 'there was no price', answer.exchange)
    }
  },
})
