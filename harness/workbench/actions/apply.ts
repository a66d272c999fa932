import { nothing, schemaOf, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

export const apply: Action<'apply'> = {
  takes: schemaOf(nothing),
  says: () => 'applying the change',
  async run(bench) {
    const own = bench.inForce().filter(({ byHand }) => !byHand)
    const partial = own.filter((one) => bench.isPartial(one))
    if (own.length > 0 && partial.length === 0) throw unusable('the change is applied already')
    if (partial.length > 0) {
      for (const { step, on } of partial) {
        if (step.kind !== 'change') continue
        const missing = bench.replicasOf(step.service).filter((id) => !on.includes(id))
        await bench.applyTo(step, missing)
      }
      return {}
    }
    await bench.takeSteps()
    return {}
  },
}
