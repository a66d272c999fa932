import type { LoopStrain } from '../core/index.ts'

/** Whether the load itself, rather than the system, was the limit. */
export interface SelfCheck {
  /** Set where another program made the load, which says nothing of how late it was and how busy: then these are 0. */
  readonly by?: 'k6'
  readonly ok: boolean
  /** Empty when it was not. Each with its figures. */
  readonly problems: readonly string[]
  readonly lateP50Ms: number
  readonly lateP99Ms: number
  /** The busiest second of the busiest thread, 0 to 1. */
  readonly busiest: number
  /** The longest that an event loop of the load was late. Absent where the load has none. */
  readonly lagMs?: number
  readonly cpuMs: number
}

/** What the threads of a load went through in a second, each figure that of the thread that had most of it. */
export type Strain = LoopStrain

export interface StrainedSecond extends Strain {
  /** Share of the answered requests that waited longer for a connection of the load than for the system, 0 to 1; of all threads. */
  readonly short: number
}

/** Later than this at p99, and figures say more about this machine than about the system. */
const lateP99LimitMs = 50
/** A thread that is busier than this, or that much late at worst, in so many of the seconds cannot keep its times. One second alone is chance. */
const busyLimit = 0.95
const lagLimitMs = 100
const secondsLimit = 0.25
const leastSeconds = 2
/** So many requests that wait for a connection are no chance. */
const shortLimit = 0.1

export function checkSelf(
  late: { readonly p50: number; readonly p99: number },
  seconds: readonly StrainedSecond[],
  cpuMs: number,
): SelfCheck {
  const busy = seconds.filter((one) => one.busy > busyLimit)
  const lagging = seconds.filter(({ lagMs }) => lagMs > lagLimitMs)
  const short = seconds.filter((one) => one.short > shortLimit)
  const isTooMany = ({ length }: readonly StrainedSecond[]) =>
    length > seconds.length * secondsLimit
  const most = (of: (one: StrainedSecond) => number) => Math.max(0, ...seconds.map(of))
  const cpu = Math.round((busy.reduce((sum, one) => sum + one.cpu, 0) / busy.length) * 100)
  const problems = [
    ...(late.p99 > lateP99LimitMs
      ? [`1 % of the flows were started ${late.p99} ms late or more (limit ${lateP99LimitMs} ms)`]
      : []),
    ...(isTooMany(busy)
      ? [
          `in ${busy.length} of ${seconds.length} seconds a thread of load was busy for over ${busyLimit * 100} % of the time, with ${cpu} % of a core: ${cpu > 80 ? 'it needs more threads or less load' : 'the machine gave it no more'}`,
        ]
      : []),
    ...(isTooMany(lagging) && lagging.length >= leastSeconds
      ? [
          `in ${lagging.length} of ${seconds.length} seconds the event loop of a thread of load was over ${lagLimitMs} ms late, at worst ${Math.round(most((one) => one.lagMs))} ms`,
        ]
      : []),
    ...(isTooMany(short) && short.length >= leastSeconds
      ? [
          `in ${short.length} of ${seconds.length} seconds over ${shortLimit * 100} % of the requests waited longer for a connection of the load than for the system: where all were in use allow it more, \`connections\` of the profile (256 unless it says otherwise)`,
        ]
      : []),
  ]
  return {
    ok: problems.length === 0,
    problems,
    lateP50Ms: late.p50,
    lateP99Ms: late.p99,
    busiest: Math.round(most((one) => one.busy) * 100) / 100,
    lagMs: Math.round(most((one) => one.lagMs) * 10) / 10,
    cpuMs: Math.round(cpuMs),
  }
}
