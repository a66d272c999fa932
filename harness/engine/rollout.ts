import type { Rollout } from '../core/index.ts'

/** How many replicas have the change after each stage: ascending, at most `replicas`. One stage unless the rollout is staged. */
export function stagesOf(rollout: Rollout, replicas: number): readonly number[] {
  switch (rollout.kind) {
    case 'all':
      return [replicas]
    case 'count':
      return [Math.min(rollout.replicas, replicas)]
    case 'staged':
      return [
        ...new Set(
          rollout.stages.map((stage) => (stage === 'all' ? replicas : Math.min(stage, replicas))),
        ),
      ]
  }
}
