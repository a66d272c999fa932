import { copyFileSync, mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { deriveSeed, type Stack } from '../../core/index.ts'
import type { StartOptions } from '../../engine/index.ts'
import type { FabricClient } from '../../fabric/client.ts'
import type { ReplicaProcess } from './replica-process.ts'

interface Reset {
  /** As it is to be. */
  readonly stack: Stack
  readonly replicas: readonly ReplicaProcess[]
  /** Where logs went so far. */
  readonly from: string
  readonly scratch: string
  readonly options: StartOptions
  readonly client: FabricClient
}

/** Everything stops, data is emptied, the fabric forgets, and everything starts again in the processes that there are. */
export async function resetReplicas(reset: Reset): Promise<void> {
  const { stack, replicas, from, scratch, options, client } = reset
  const { logDir, signal, seed } = options
  const touched = replicas.find(({ isUntouched }) => !isUntouched)
  if (touched) throw new Error(`${touched.id} was paused, stopped or killed`)
  await Promise.all(replicas.map((replica) => replica.askReset('POST', '/stop', signal)))
  for (const { name } of stack.services) {
    rmSync(join(scratch, name), { recursive: true, force: true })
    mkdirSync(join(scratch, name))
  }
  for (const id of ['fabric', ...replicas.map(({ id }) => id)]) moveLog(id, from, logDir)
  await client.restart(deriveSeed(seed, 'fabric'), signal)
  await Promise.all(
    replicas.map(async (replica) => {
      const spec = stack.services.find(({ name }) => name === replica.service)
      if (spec) replica.adopt({ spec, logFile: join(logDir, `${replica.id}.log`) })
      await replica.askReset('POST', '/start', signal)
      await replica.untilHealthy(signal)
    }),
  )
}

/** Throws when a replica does not say. */
export async function readStateHashes(
  replicas: readonly ReplicaProcess[],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const hashes = replicas.map(async (replica) => {
    const { hash } = (await replica.askReset('GET', '', signal)) as { hash?: unknown }
    if (typeof hash !== 'string' || hash === '') throw new Error(`${replica.id} gave no hash`)
    return [replica.id, hash] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}

/** A program keeps the file open that it was given: it goes to the new run, empty, and the old one keeps a copy. */
function moveLog(id: string, from: string, to: string): void {
  if (from === to) return
  const [before, after] = [join(from, `${id}.log`), join(to, `${id}.log`)]
  copyFileSync(before, `${before}.copy`)
  renameSync(before, after)
  renameSync(`${before}.copy`, before)
  truncateSync(after)
}
