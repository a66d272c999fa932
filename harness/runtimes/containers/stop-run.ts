import { setTimeout as delay } from 'node:timers/promises'
import { describeError } from '../../core/index.ts'
import { runLabel, type RunIdentity } from './labels.ts'
import type { Docker } from './engine.ts'
import type { Exits } from './exits.ts'
import type { Reaper } from './reaper-process.ts'
import { sweepThoroughly } from './sweep.ts'

/** Programs are asked to stop, and killed after this long. */
const graceSeconds = 2
const defaultLimitMs = 20_000
/** What is asked to end ends so; a crash has other codes. */
const endedBySignal = /^exit code (0|137|143)$/
/** So long after the first container the fabric ends as well, if the engine stops. */
const fabricEndMs = 4_000

interface Stoppable {
  readonly containerId: string
  readonly logSettled: () => Promise<void>
  readonly stopping: () => void
}

export interface RunParts {
  readonly docker: Docker
  readonly run: RunIdentity
  readonly reaper: Reaper
  readonly exits: Exits
  readonly parts: readonly Stoppable[]
  /** Of the fabric; empty before there is one. */
  readonly fabricId: () => string
  readonly onProgress: (message: string) => void
}

/**
 * Stops and removes everything of a run. Whatever it cannot remove, since the engine does not answer for instance, stays with the reaper.
 * Never throws: it must not hide what went wrong before.
 */
export async function stopRun(given: RunParts, limitMs = defaultLimitMs): Promise<void> {
  const { docker, run, reaper, exits, parts, onProgress } = given
  const leaves = await engineLeaves(given)
  exits[Symbol.dispose]()
  for (const part of parts) part.stopping()
  if (leaves) return reaper.takeOver()
  const removed = removeAll(docker, run, parts).then(
    () => reaper.done(),
    (error: unknown) => onProgress(left(run, describeError(error))),
  )
  const over = new AbortController()
  await Promise.race([
    removed,
    // Aborted when everything was removed in time.
    delay(limitMs, undefined, { signal: over.signal }).then(
      () => onProgress(left(run, `the engine has not done so within ${limitMs / 1000} s`)),
      () => undefined,
    ),
  ])
  over.abort()
  await reaper[Symbol.asyncDispose]()
}

/**
 * Whether the engine is about to stop: then it ends the containers, the fabric among them, before it ends itself. A network that is being
 * removed at that moment can leave Docker 20.10 with records that it does not start with any more, so nothing must be removed then.
 */
async function engineLeaves({ exits, parts, fabricId }: RunParts): Promise<boolean> {
  const endings = parts.flatMap(({ containerId }) => exits.detailOf(containerId) ?? [])
  if (!exits.isLost && !endings.some((detail) => endedBySignal.test(detail))) return false
  const isLeaving = () => exits.isLost || exits.detailOf(fabricId()) !== undefined
  const deadline = performance.now() + fabricEndMs
  while (!isLeaving() && performance.now() < deadline) await delay(50)
  return isLeaving()
}

function left({ runId }: RunIdentity, why: string): string {
  return `not everything of ${runId} is removed yet (${why}): its reaper goes on trying, and 'aftershock clean' does so at any time`
}

async function removeAll(
  docker: Docker,
  { runId }: RunIdentity,
  parts: readonly Stoppable[],
): Promise<void> {
  await Promise.all(
    parts
      .filter(({ containerId }) => containerId !== '')
      .map(async ({ containerId, logSettled }) => {
        // Not there, or not running any more: then it need not be stopped. What else is wrong shows when it is removed.
        await docker
          .getContainer(containerId)
          .stop({ t: graceSeconds })
          .catch(() => undefined)
        await logSettled()
      }),
  )
  await sweepThoroughly(docker, `${runLabel}=${runId}`, () => delay(50), 2)
}
