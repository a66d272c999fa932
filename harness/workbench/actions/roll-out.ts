import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

export const rollOut: Action<'roll-out'> = {
  takes: schemaOf({ step: text }),
  says: ({ step }) => `rolling '${step}' out to one more replica`,
  async run(bench, { step: name }) {
    const step = bench.scenario.steps.find((one) => one.name === name)
    if (step?.kind !== 'change') throw unusable(`the scenario has no change '${name}'`)
    const next = bench.nextReplica(step)
    if (next === undefined) throw unusable(`every replica of ${step.service} has '${name}'`)
    await bench.applyTo(step, [next])
    return {}
  },
}
