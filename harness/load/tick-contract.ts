/** What a thread of load and its thread of ticks share. */
export interface TickMemory {
  /** One Int32, raised with each change of the moment. */
  readonly counter: SharedArrayBuffer
  /** One Float64: when the next tick is wanted, on `sharedNow`. Infinity: none; -Infinity: never again. */
  readonly moment: SharedArrayBuffer
}
