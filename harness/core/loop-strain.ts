/** What an event loop went through in a span. */
export interface LoopStrain {
  /** Share of the time in which it was busy, or waited for a core, 0 to 1. */
  readonly busy: number
  /** Share of a core that its thread used, 0 to 1. */
  readonly cpu: number
  /** The longest that it was late, in ms. */
  readonly lagMs: number
}
