/** How long a system may take to recover, and what tells. */
export interface Recovery {
  /** Runs a little load, and tells whether it held. */
  readonly probe: () => Promise<boolean>
  /** Ms on a clock that does not jump. */
  readonly now: () => number
  /** The last probe that counts starts within it. */
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** One probe after the other until one holds: that the system is back. False when none did in time, or the signal fires. */
export async function awaitRecovery({ probe, now, withinMs, signal }: Recovery): Promise<boolean> {
  const startedMs = now()
  while (!signal.aborted && now() - startedMs <= withinMs) {
    if (await probe()) return true
  }
  return false
}
