import { FlowFailure, type FlowContext } from '../../core/index.ts'

/** The flow of the bench, as a user writes one: a request and a check of what came. */
const flow = {
  id: 'read',
  title: 'read',
  actors: ['user'],
  async run({ http }: FlowContext): Promise<void> {
    const answer = await http.get('/')
    if (answer.status !== 200 || answer.bytes.length === 0) {
      throw new FlowFailure(String(answer.status), 'no answer to the bench', answer.exchange)
    }
  },
}

export const flows = [flow]
export const actors = [{ id: 'user', title: 'user', headers: {} }]

export default { flows, actors }
