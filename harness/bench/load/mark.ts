import { readFileSync, readdirSync } from 'node:fs'

/** What a generator has taken and done by now. */
export interface Mark {
  readonly atMs: number
  readonly cpuMs: number
  readonly requests: number
  readonly rssMiB: number
  /** That its threads were ready to go on, and the machine had no core for them. Of those that have ended nothing is in it. */
  readonly waitedMs: number
}

/** Of this process. */
export function markNow(requests: number): Mark {
  const { user, system } = process.cpuUsage()
  return {
    atMs: performance.now(),
    cpuMs: (user + system) / 1_000,
    requests,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    waitedMs: waitedMs(),
  }
}

/** Of the second number of `schedstat` (sched-stats in the kernel's documentation), in ns. Linux only. */
function waitedMs(): number {
  const folder = '/proc/self/task'
  return readdirSync(folder)
    .map((id) => readFileSync(`${folder}/${id}/schedstat`, 'utf8').split(' '))
    .reduce((sum, [, waited]) => sum + Number(waited) / 1e6, 0)
}
