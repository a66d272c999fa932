import { describeError } from './errors.ts'
import type { InjectedFault } from './scenario.ts'

/** What a fault throws from `inject` when it came in part: that part is healed as any other fault, and fails the run where it cannot be. */
export class HalfInjected extends Error {
  readonly injected: Omit<InjectedFault, 'explain'>

  constructor(reason: unknown, injected: Omit<InjectedFault, 'explain'>) {
    super(describeError(reason))
    this.name = 'HalfInjected'
    this.injected = injected
  }
}
