import { containersAvailability } from '../runtimes/containers/availability.ts'
import { removeLeftovers, type Leftover } from '../runtimes/processes/leftovers.ts'

interface CleanOptions {
  readonly json: boolean
  readonly images: boolean
}

/** `aftershock clean` */
export async function cleanCommand({ json, images }: CleanOptions): Promise<void> {
  // Containers first: whether their run goes on is seen in its scratch directory.
  const removed = [...(await removeFromEngine(images)), ...removeLeftovers()]
  if (json) {
    process.stdout.write(`${JSON.stringify(removed, null, 2)}\n`)
    return
  }
  for (const { what, name } of removed) process.stdout.write(`removed ${what} ${name}\n`)
  if (removed.length === 0) process.stdout.write('Nothing was left behind.\n')
}

async function removeFromEngine(images: boolean): Promise<Leftover[]> {
  if (!(await containersAvailability()).ok) return []
  const engine = await import('../runtimes/containers/leftovers.ts')
  const left = await engine.removeContainerLeftovers()
  return images ? [...left, ...(await engine.removeImages())] : left
}
