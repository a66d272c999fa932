import { isSupervised, type Leftover } from '../processes/leftovers.ts'
import { connectEngine, isStatus, type Docker } from './engine.ts'
import { machineId, machineLabel, runLabel, scratchLabel } from './labels.ts'
import { sweep } from './sweep.ts'

/**
 * Removes from the engine what belongs to runs of this machine whose reaper is gone: it, or the whole machine, was killed. Runs that are
 * going on are not touched, nor those of other machines that share the engine.
 */
export async function removeStale(docker: Docker): Promise<Leftover[]> {
  const removed: Leftover[] = []
  for (const [runId, scratch] of await labelledRuns(docker)) {
    if (!isSupervised(scratch)) removed.push(...(await sweep(docker, `${runLabel}=${runId}`)))
  }
  return removed
}

/** As `removeStale`, in the engine that is found. Throws RUNTIME_UNAVAILABLE where none answers. */
export async function removeContainerLeftovers(): Promise<Leftover[]> {
  return removeStale(await connectEngine())
}

/** Removes the images that runs have built and no container uses. The next run builds what it needs again. */
export async function removeImages(): Promise<Leftover[]> {
  const docker = await connectEngine()
  const images = await docker.listImages({ filters: { reference: ['aftershock/*'] } })
  const removed: Leftover[] = []
  for (const name of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    try {
      await docker.getImage(name).remove()
      removed.push({ what: 'image', name })
    } catch (error) {
      // Used by a container, or gone meanwhile.
      if (!isStatus(error, 404, 409)) throw error
    }
  }
  return removed
}

async function labelledRuns(docker: Docker): Promise<Map<string, string>> {
  const filters = { label: [`${machineLabel}=${machineId()}`] }
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  const all = [...containers, ...networks, ...(volumes.Volumes ?? [])]
  return new Map(
    all.flatMap(({ Labels }): [string, string][] => {
      const runId = Labels?.[runLabel]
      return runId === undefined ? [] : [[runId, Labels?.[scratchLabel] ?? '']]
    }),
  )
}
