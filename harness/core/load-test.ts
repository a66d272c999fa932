import type { BreakpointSearch, LoadProfile } from './load-profile.ts'
import type { RegressionLimits } from './load-baseline.ts'
import type { LeakLimits } from './replica-resources.ts'
import type { Actor, AmplificationLimit, Flow } from './scenario.ts'
import type { Stack } from './stack.ts'

/** A question before a launch: a system, who uses it, and how much of that it must bear. */
export interface LoadTest {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly stack: Stack
  readonly actors: readonly Actor[]
  readonly flows: readonly Flow[]
  readonly profile: LoadProfile
  /** With it the one executor of the profile, constant-arrival-rate, is run at one rate after the other. */
  readonly breakpoint?: BreakpointSearch
  /** Hosts outside of the mocked world that the system may ask in vain. */
  readonly allowOutside?: readonly string[]
  /** How many requests a service may send for each that it gets, over the whole load. */
  readonly amplification?: readonly AmplificationLimit[]
  /** Present where what replicas use may not grow steadily, as in a soak. */
  readonly leaks?: LeakLimits
  /** What counts as worse than a stored baseline. */
  readonly regression?: RegressionLimits
  readonly seed?: number
}
