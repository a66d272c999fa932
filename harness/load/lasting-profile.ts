import type { LoadExecutor, LoadProfile } from '../core/index.ts'
import { durationOr } from './duration.ts'
import { ratePieces, vuPieces, type Piece } from './pacer.ts'

/** Longer than any scenario. */
const forever = '1d'

/** The profile with executors that go on at their last rate until they are stopped. Executors that count flows have no last rate, and stay as they are. */
export function lastingProfile(profile: LoadProfile): LoadProfile {
  const executors = Object.entries(profile.executors).map(([name, executor]) => [
    name,
    lasting(executor),
  ])
  return { ...profile, executors: Object.fromEntries(executors) as LoadProfile['executors'] }
}

/** From when on, in ms, all executors of a valid profile are at the rate or the users at which they go on. */
export function steadyAfterMs({ executors }: LoadProfile): number {
  return Math.max(...Object.values(executors).map(steadyAfter))
}

function steadyAfter(executor: LoadExecutor): number {
  const startMs = durationOr(executor.startTime, 0)
  switch (executor.executor) {
    case 'ramping-arrival-rate':
      return startMs + lastChange(ratePieces(executor))
    case 'ramping-vus':
      return startMs + lastChange(vuPieces(executor))
    default:
      return startMs
  }
}

function lastChange(pieces: readonly Piece[]): number {
  const last = pieces.at(-1)?.to
  const changing = pieces.findLastIndex(({ from, to }) => from !== last || to !== last)
  return pieces.slice(0, changing + 1).reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** Whether an executor can go on for as long as it is wanted. */
export function canLast({ executor }: LoadExecutor): boolean {
  return executor !== 'per-vu-iterations' && executor !== 'shared-iterations'
}

/** Whether nothing is left of a load at the end of its last stages. */
export function endsAtNothing({ executors }: LoadProfile): boolean {
  return Object.values(executors).every(
    (executor) => 'stages' in executor && (executor.stages.at(-1)?.target ?? 0) === 0,
  )
}

function lasting(executor: LoadExecutor): LoadExecutor {
  switch (executor.executor) {
    case 'constant-arrival-rate':
    case 'constant-vus':
      return { ...executor, duration: forever }
    case 'ramping-arrival-rate':
    case 'ramping-vus': {
      const target = executor.stages.at(-1)?.target ?? 0
      return { ...executor, stages: [...executor.stages, { target, duration: forever }] }
    }
    case 'per-vu-iterations':
    case 'shared-iterations':
      return executor
  }
}
