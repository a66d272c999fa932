import { Ajv } from 'ajv'
import { schemaOf, text, type Action } from '../action.ts'
import { alterationsBy } from '../config-alterations.ts'

const readMs = 5_000
const mostProblems = 20

export const checkConfig: Action<'check-config'> = {
  takes: schemaOf({ service: text, document: {} }),
  async run(bench, { service, document }) {
    const [{ config }] = bench.configsOf(service)
    const schema = await config.schema?.(bench.within(readMs))
    const alterations = await alterationsBy(bench, service, document)
    return {
      alters: alterations.map(({ replica, difference }) => ({ replica, difference })),
      problems:
        schema === undefined
          ? []
          : problemsOf(schema, bench.withGeneration(service, document, alterations[0]?.now)),
    }
  },
}

function problemsOf(schema: unknown, document: unknown): string[] {
  // The schema is the service's own; of formats only the service knows.
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false })
  const validate = ajv.compile(schema as object)
  if (validate(document)) return []
  return (validate.errors ?? [])
    .slice(0, mostProblems)
    .map(({ instancePath, message }) => `${instancePath || '(document)'} ${message ?? 'is wrong'}`)
}
