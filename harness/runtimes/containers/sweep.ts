import { setTimeout as delay } from 'node:timers/promises'
import { describeError } from '../../core/index.ts'
import { isStatus, type Docker } from './engine.ts'

/** What others remove is gone within. */
const goneWithinMs = 20_000
const pollMs = 100

export interface Removed {
  readonly what: 'container' | 'network' | 'volume'
  readonly name: string
}

/**
 * Removes every container, network and volume with this label (`name=value`), containers first, since they hold on to the others.
 * Goes on when one cannot be removed; throws in the end then.
 */
export async function sweep(docker: Docker, label: string): Promise<Removed[]> {
  const filters = { label: [label] }
  const removed: Removed[] = []
  const failures: unknown[] = []
  let othersRemove = false
  const remove = async (what: Removed['what'], name: string, task: () => Promise<unknown>) => {
    try {
      await task()
      removed.push({ what, name })
    } catch (error) {
      // Gone already, or going: somebody else removes it at the same time.
      if (isInProgress(error)) othersRemove = true
      else if (!isStatus(error, 404)) failures.push(error)
    }
  }
  const containers = await docker.listContainers({ all: true, filters })
  await Promise.all(
    containers.map(({ Id, Names }) =>
      remove('container', Names[0]?.slice(1) ?? Id, () =>
        docker.getContainer(Id).remove({ force: true, v: true }),
      ),
    ),
  )
  // A network cannot go before the containers in it.
  for (let i = 0; othersRemove && i < goneWithinMs / pollMs; i += 1) {
    await delay(pollMs)
    othersRemove = (await docker.listContainers({ all: true, filters })).length > 0
  }
  const networks = await docker.listNetworks({ filters })
  const { Volumes: volumes } = await docker.listVolumes({ filters })
  await Promise.all([
    ...networks.map(({ Id, Name }) =>
      remove('network', Name, () => docker.getNetwork(Id).remove()),
    ),
    ...(volumes ?? []).map(({ Name }) =>
      remove('volume', Name, () => docker.getVolume(Name).remove()),
    ),
  ])
  if (failures.length > 0) {
    throw new AggregateError(failures, `not everything with the label ${label} could be removed`)
  }
  return removed
}

/** Sweeps until nothing is found any more: what the engine was just told to make shows up a moment later. */
export async function sweepThoroughly(
  docker: Docker,
  label: string,
  pause: () => Promise<unknown>,
  rounds = 3,
): Promise<Removed[]> {
  const removed: Removed[] = []
  for (let quiet = 0; quiet < rounds; quiet += 1) {
    if (quiet > 0) await pause()
    const found = await sweep(docker, label)
    removed.push(...found)
    if (found.length > 0) quiet = 0
  }
  return removed
}

function isInProgress(error: unknown): boolean {
  return isStatus(error, 409) && /already in progress/.test(describeError(error))
}
