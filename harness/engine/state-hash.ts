import { describeError } from '../core/index.ts'
import { unreadable } from '../judge/index.ts'
import type { RunningReplica } from './ports.ts'

const timeoutMs = 10_000

/** The hash of each replica's state by its id: of its configuration, and of its container. Or why it could not be read. Replicas without either are left out. */
export async function hashState(
  replicas: readonly RunningReplica[],
): Promise<Record<string, string>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const hashes: Record<string, string> = {}
  await Promise.all(
    replicas.map(async ({ id, config, container }) => {
      if (!config && !container) return
      try {
        const parts = await Promise.all([
          config?.read(signal).then(({ hash }) => hash),
          container?.fingerprint(signal),
        ])
        hashes[id] = parts.filter((part) => part !== undefined).join('-')
      } catch (error) {
        hashes[id] = `${unreadable}${describeError(error)}`
      }
    }),
  )
  return hashes
}
