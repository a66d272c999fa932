import { nothing, schemaOf, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

export const undo: Action<'undo'> = {
  takes: schemaOf(nothing),
  says: () => 'undoing the change, and watching whether everything comes back',
  async run(bench) {
    const { experiment } = bench
    const inForce = bench.inForce()
    const own = inForce.filter(({ byHand }) => !byHand)
    if (own.length === 0) throw unusable('the change is not applied')
    for (const { step } of own.toReversed()) await bench.undo(step.name)
    // What was done by hand stays, so that nobody can say that the system is to recover.
    if (own.length < inForce.length) return {}
    await experiment.recover()
    bench.recent.forget()
    return {}
  },
}
