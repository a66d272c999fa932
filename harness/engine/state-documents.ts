import type { Redactor } from '../core/index.ts'
import type { RunningReplica } from './ports.ts'

const timeoutMs = 10_000
const mostCharacters = 32_000

/** The configuration of each service, as its first replica has it, without secrets. What cannot be read, or is too large to keep, is left out. */
export async function readDocuments(
  replicas: readonly RunningReplica[],
  redactor: Redactor,
): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const firsts = [...Map.groupBy(replicas, ({ service }) => service).values()].flatMap((own) =>
    own.slice(0, 1),
  )
  const read = await Promise.all(
    firsts.map(async ({ service, config }) => {
      // Why it cannot be read is said where its hash is taken.
      const snapshot = await config?.read(signal).catch(() => undefined)
      return [service, redactor.value(snapshot?.document)] as const
    }),
  )
  return Object.fromEntries(
    read.filter(
      ([, document]) => document !== undefined && JSON.stringify(document).length <= mostCharacters,
    ),
  )
}
