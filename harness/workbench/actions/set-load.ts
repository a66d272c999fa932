import { schemaOf, type Action } from '../action.ts'

const highestRate = 5_000

export const setLoad: Action<'set-load'> = {
  takes: schemaOf({ ratePerSecond: { type: 'integer', minimum: 0, maximum: highestRate } }),
  says: ({ ratePerSecond }) =>
    ratePerSecond === 0 ? 'ending the load' : `load of ${ratePerSecond} flows a second`,
  async run({ options }, { ratePerSecond }) {
    await options.load.set(ratePerSecond)
    return {}
  },
}
