import { toxicName } from '../../core/index.ts'
import { linkFault } from '../../faults/index.ts'
import { schemaOf, text, type Action } from '../action.ts'

export const setToxic: Action<'set-toxic'> = {
  takes: schemaOf({
    link: {
      type: 'object',
      additionalProperties: false,
      required: ['to'],
      properties: { from: text, to: text },
    },
    // Its attributes are checked by the fault, with the rules of toxics.
    toxic: {
      type: 'object',
      required: ['type', 'attributes'],
      properties: { type: text, attributes: { type: 'object' } },
    },
  }),
  says: ({ link, toxic }) =>
    `putting a toxic on ${link.from ?? 'users'} to ${link.to}: ${toxic.type}`,
  async run(bench, { link, toxic: given }) {
    const name = bench.nextName()
    // Of two toxics of one kind on a link the second would take the place of the first.
    const toxic = { ...given, name: given.name ?? `${name}_${toxicName(given)}` }
    const options = { ...link, toxics: [toxic] }
    const step = linkFault(name, options)
    await bench.put({ step, maker: 'linkFault', options })
    return {}
  },
}
