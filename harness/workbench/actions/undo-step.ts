import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

export const undoStep: Action<'undo-step'> = {
  takes: schemaOf({ step: text }),
  says: ({ step }) => `undoing '${step}'`,
  async run(bench, { step }) {
    if (!bench.inForce().some((one) => one.step.name === step)) {
      throw unusable(`'${step}' is not in force`)
    }
    await bench.undo(step)
    return {}
  },
}
