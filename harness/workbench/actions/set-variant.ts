import { siteFault } from '../../faults/index.ts'
import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

export const setVariant: Action<'set-variant'> = {
  takes: schemaOf({
    host: text,
    variant: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name: text,
        toxicity: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
        first: { type: 'integer', minimum: 1 },
        to: text,
      },
    },
  }),
  says: ({ host, variant }) => `letting ${host} fail: ${variant.name}`,
  async run(bench, { host, variant: { name: variant, ...extent } }) {
    // One at a time for each host: undoing the first would end the second.
    if (
      bench.inForce().some(({ byHand, on }) => byHand?.maker === 'siteFault' && on.includes(host))
    ) {
      throw unusable(`${host} fails already: turn that off first`)
    }
    const options = { host, variant, ...extent }
    await bench.put({ step: siteFault(bench.nextName(), options), maker: 'siteFault', options })
    return {}
  },
}
