import { isDeepStrictEqual } from 'node:util'
import { jsonPatch } from '../../changes/index.ts'
import { schemaOf, text, type Action } from '../action.ts'
import { unusable } from '../bench.ts'
import { alterationsBy, operationsFor } from '../config-alterations.ts'

export const writeConfig: Action<'write-config'> = {
  takes: schemaOf({ service: text, document: {}, replicas: { type: 'integer', minimum: 1 } }),
  says: ({ service, replicas }) => `editing the configuration of ${service} on ${replicas}`,
  async run(bench, { service, document, replicas: count }) {
    const alterations = await alterationsBy(bench, service, document)
    const altered = alterations.slice(0, count).filter(({ difference }) => difference.length > 0)
    if (altered.length === 0) throw unusable('nothing was altered')
    const operations = operationsFor(
      altered.map(({ plain }) => plain),
      document,
    )
    const replicas = altered.map(({ replica }) => replica)
    // What one replica was given to try it out goes to the others as the same step, unless others came since: the last one is to be last.
    const last = bench.inForce().at(-1)
    const { service: its, operations: own } = last?.byHand?.options ?? {}
    const isSame = its === service && isDeepStrictEqual(own, operations)
    if (last?.byHand && isSame && !last.on.some((replica) => replicas.includes(replica))) {
      await bench.applyTo(last.byHand.step, replicas)
      return {}
    }
    const lines = new Set(altered.flatMap(({ difference }) => difference))
    const options = {
      service,
      title: [...lines].join('; ').slice(0, 200),
      operations,
      rollout: { kind: 'count' as const, replicas: replicas.length },
    }
    await bench.put(
      { step: jsonPatch(bench.nextName(), options), maker: 'jsonPatch', options },
      replicas,
    )
    return {}
  },
}
