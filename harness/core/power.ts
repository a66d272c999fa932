/** What can be done to a replica from outside, as a machine or an operator does it. Methods throw HarnessError REPLICA_FAILED or START_FAILED. */
export interface PowerPort {
  readonly state: 'running' | 'paused' | 'down'
  /** Ends it at once (SIGKILL), with all that it started. Returns when it has ended. Nothing when it is down. */
  kill(signal: AbortSignal): Promise<void>
  /** Asks it to end (SIGTERM), and kills it when it has not after `graceMs`. Returns how it ended, in words. Cut short by the signal it kills it too, and throws. */
  stop(graceMs: number, signal: AbortSignal): Promise<string>
  /** Takes the processor away from it: connections stay open and nothing answers. */
  pause(signal: AbortSignal): Promise<void>
  resume(signal: AbortSignal): Promise<void>
  /** Starts it again under the same address. Returns once it is healthy and has the configuration that it had when it went down. Nothing when it is not down. */
  start(signal: AbortSignal): Promise<void>
}

/** The clock of a replica whose service lets it be moved. */
export interface ClockPort {
  /** Moves it, away from the time of the machine, by so many ms; 0: it is right again. Throws HarnessError REPLICA_FAILED. */
  move(offsetMs: number, signal: AbortSignal): Promise<void>
}

/** What can be done to the container of a replica while it runs; its settings stay what they are. */
export interface PressurePort {
  /** Alters what it may use at most; undefined: back to what it may by its settings. A limit of memory below what it uses ends it. */
  squeeze(
    to: { readonly cpus?: number; readonly memoryMb?: number } | undefined,
    signal: AbortSignal,
  ): Promise<void>
  /** Fills its data directory until no block is left, or makes room again. */
  fillDisk(isFull: boolean, signal: AbortSignal): Promise<void>
}
