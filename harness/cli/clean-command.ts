import { findEngine } from '../runtimes/containers/availability.ts'
import { removeLeftovers, type Leftover } from '../runtimes/processes/leftovers.ts'
import { say, sayAside } from '../session/index.ts'

interface CleanOptions {
  readonly json: boolean
  readonly images: boolean
}

/** `aftershock clean` */
export async function cleanCommand({ json, images }: CleanOptions): Promise<void> {
  // Containers first: whether their run goes on is seen in its scratch directory.
  const engine = await findEngine()
  const inEngine = engine.ok ? await removeFromEngine(images) : []
  const removed = [...inEngine, ...removeLeftovers()]
  const isUnseen = !engine.ok && engine.isSomewhere
  if (isUnseen) {
    sayAside(
      `aftershock: ${engine.why}: what runs left in an engine is still there; clean again once one answers\n`,
    )
  }
  if (json) {
    say(`${JSON.stringify(removed, null, 2)}\n`)
    return
  }
  for (const { what, name } of removed) say(`removed ${what} ${name}\n`)
  if (removed.length === 0 && !isUnseen) say('Nothing was left behind.\n')
}

async function removeFromEngine(images: boolean): Promise<Leftover[]> {
  const engine = await import('../runtimes/containers/leftovers.ts')
  const left = await engine.removeContainerLeftovers()
  return images ? [...left, ...(await engine.removeImages())] : left
}
