import { describeError } from './errors.ts'
import type { AppliedChange, InjectedFault } from './scenario.ts'

/** What a fault throws from `inject` when it came in part: that part is healed as any other fault, and fails the run where it cannot be. */
export class HalfInjected extends Error {
  readonly injected: Omit<InjectedFault, 'explain'>

  constructor(reason: unknown, injected: Omit<InjectedFault, 'explain'>) {
    super(describeError(reason))
    this.name = 'HalfInjected'
    this.injected = injected
  }
}

/** What a change throws from `apply` when nobody knows whether it took place, as when the answer was lost: it is undone as any other. */
export class HalfApplied extends Error {
  /** Brings the replica back, also when nothing took place. */
  readonly undo: AppliedChange['undo']

  constructor(reason: unknown, undo: AppliedChange['undo']) {
    super(describeError(reason), { cause: reason })
    this.name = 'HalfApplied'
    this.undo = undo
  }
}
