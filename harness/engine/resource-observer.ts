import type { Emit } from '../core/index.ts'
import type { Clock, RunningStack } from './ports.ts'

const everyMs = 1_000
/** After so many readings the pauses between them double, so that the journal of a long run stays small. */
const readingsPerPause = 600
const patienceMs = 5_000

/** Writes down what replicas use, until the signal fires. What cannot be read is left out. */
export async function observeResources(
  stack: RunningStack,
  emit: Emit,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (!stack.resources) return
  for (let readings = 0; !signal.aborted; readings += 1) {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    const replicas = await stack.resources(bounded).catch(() => [])
    if (replicas.length > 0 && !signal.aborted) emit('resources.read', { replicas })
    await clock.sleep(everyMs * 2 ** Math.floor(readings / readingsPerPause), signal)
  }
}
