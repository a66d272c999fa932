import { Ajv } from 'ajv'
import { differenceLines } from '../../changes/index.ts'
import { schemaOf, text, type Action } from '../action.ts'

const readMs = 5_000
const mostProblems = 20

export const checkConfig: Action<'check-config'> = {
  takes: schemaOf({ service: text, document: {} }),
  async run(bench, { service, document }) {
    const signal = bench.within(readMs)
    const [first] = bench.configsOf(service)
    const now = (await first.config.read(signal)).document
    const schema = await first.config.schema?.(signal)
    return {
      difference: differenceLines(bench.withoutGeneration(service, now), document),
      problems:
        schema === undefined
          ? []
          : problemsOf(schema, bench.withGeneration(service, document, now)),
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
