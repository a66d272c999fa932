import { defineActor, defineFlow, FlowFailure, type FlowContext } from 'aftershock'

export const visitor = defineActor({ id: 'visitor', title: 'A visitor', headers: {} })

async function wantType({ http }: FlowContext, path: string, type: string): Promise<void> {
  const answer = await http.get(path)
  const got = answer.headers['content-type'] ?? 'nothing'
  if (answer.status !== 200) throw new FlowFailure(String(answer.status), `GET ${path}`)
  if (got !== type)
    throw new FlowFailure('wrong-type', `GET ${path} answered ${got}, wanted ${type}`)
}

export const flows = [
  defineFlow({
    id: 'read-page',
    title: 'Read a page',
    actors: ['visitor'],
    run: (ctx) => wantType(ctx, `/articles/${ctx.iteration}`, 'text/html'),
  }),
  defineFlow({
    id: 'see-image',
    title: 'See an image',
    actors: ['visitor'],
    run: (ctx) => wantType(ctx, `/images/${ctx.iteration}.png`, 'image/png'),
  }),
]
