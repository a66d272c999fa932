import { schemaOf, text, type Action } from '../action.ts'

const readMs = 5_000

export const readConfig: Action<'read-config'> = {
  takes: schemaOf({ service: text }),
  async run(bench, { service }) {
    const signal = bench.within(readMs)
    const configs = bench.configsOf(service)
    const read = await Promise.all(
      configs.map(async ({ id, config }) => ({ id, ...(await config.read(signal)) })),
    )
    const [first] = read
    return {
      document: bench.withoutGeneration(service, first?.document),
      schema: (await configs[0].config.schema?.(signal)) ?? null,
      differing: read.filter(({ hash }) => hash !== first?.hash).map(({ id }) => id),
    }
  },
}
