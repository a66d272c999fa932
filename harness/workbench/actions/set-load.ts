import { schemaOf, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

const highestRate = 5_000

export const setLoad: Action<'set-load'> = {
  takes: schemaOf({ ratePerSecond: { type: 'integer', minimum: 0, maximum: highestRate } }),
  says: ({ ratePerSecond }) =>
    ratePerSecond === 0 ? 'ending the load' : `load of ${ratePerSecond} flows a second`,
  async run({ options }, { ratePerSecond }) {
    if (ratePerSecond === 0 && options.load.ratePerSecond === 0)
      throw unusable('no load is running')
    await options.load.set(ratePerSecond)
    return {}
  },
}
