import { schemaOf, type Action } from '../action.ts'

export const readTrace: Action<'read-trace'> = {
  takes: schemaOf({ traceId: { type: 'string', pattern: '^[0-9a-f]{32}$' } }),
  async run({ options }, { traceId }) {
    return { lines: options.logs.read(traceId) }
  },
}
