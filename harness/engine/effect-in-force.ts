import type { Effect } from '../core/index.ts'

export interface EffectInForce extends Effect {
  /** Whether every replica has the change: then it must come always. */
  readonly everywhere: boolean
}
