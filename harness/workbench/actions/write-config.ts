import { createPatch } from 'rfc6902'
import { differenceLines, jsonPatch } from '../../changes/index.ts'
import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'

const readMs = 5_000

export const writeConfig: Action<'write-config'> = {
  takes: schemaOf({ service: text, document: {}, replicas: { type: 'integer', minimum: 1 } }),
  says: ({ service, replicas }) => `editing the configuration of ${service} on ${replicas}`,
  async run(bench, { service, document, replicas: count }) {
    const configs = bench.configsOf(service).slice(0, count)
    const before = await configs[0]?.config.read(bench.within(readMs))
    const plain = bench.withoutGeneration(service, before?.document)
    const operations = createPatch(plain, document)
    if (operations.length === 0) throw unusable('nothing was altered')
    const options = {
      service,
      title: differenceLines(plain, document).join('; ').slice(0, 200),
      operations,
      rollout: { kind: 'count' as const, replicas: configs.length },
    }
    await bench.put(
      { step: jsonPatch(bench.nextName(), options), maker: 'jsonPatch', options },
      configs.map(({ id }) => id),
    )
    return {}
  },
}
