import type { LoadExecutor, LoadProfile } from '../core/index.ts'

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

/** Whether an executor can go on for as long as it is wanted. */
export function canLast({ executor }: LoadExecutor): boolean {
  return executor !== 'per-vu-iterations' && executor !== 'shared-iterations'
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
