/** What a generator has taken and done by now. */
export interface Mark {
  readonly cpuMs: number
  readonly requests: number
  readonly rssMiB: number
}

/** Of this process. */
export function markNow(requests: number): Mark {
  const { user, system } = process.cpuUsage()
  return {
    cpuMs: (user + system) / 1_000,
    requests,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  }
}
