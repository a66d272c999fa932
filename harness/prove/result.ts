import type { CellId } from '../core/index.ts'
import type { MutantName } from './mutants.ts'

/** One known-bad disturbance, and whether it was noticed. */
export interface Attack {
  /** What was disturbed, in words. */
  readonly on: string
  readonly noticed: boolean
  /** What was seen. */
  readonly seen: string
  /** What to do where it was not noticed. */
  readonly advice?: string
}

/** A flow as one actor under every mutant. A mutant without attacks does not apply. */
export interface ProvenFlow extends CellId {
  readonly scenario: string
  /** Set where it did not work without any mutant: then nothing else is known. */
  readonly sick?: string
  readonly mutants: Readonly<Partial<Record<MutantName, readonly Attack[]>>>
}

/** Something that a scenario expects beside its cells. */
export interface ProvenHypothesis {
  readonly scenario: string
  readonly hypothesis: string
  readonly sick?: string
  readonly attacks: readonly Attack[]
}

export interface Proof {
  readonly flows: readonly ProvenFlow[]
  readonly hypotheses: readonly ProvenHypothesis[]
  readonly seconds: number
}

export type Standing = 'proven' | 'unproven' | 'sick'

export function attacksOf(proven: ProvenFlow | ProvenHypothesis): readonly Attack[] {
  return 'mutants' in proven ? Object.values(proven.mutants).flat() : proven.attacks
}

/**
 * Proven is what notices at least one mutant; what notices none may pass whatever happens. That one comes too late is noticed of every flow,
 * whatever it looks at, and proves nothing of it.
 */
export function standingOf(proven: ProvenFlow | ProvenHypothesis): Standing {
  if (proven.sick !== undefined) return 'sick'
  const attacks =
    'mutants' in proven
      ? attacksOf({ ...proven, mutants: { ...proven.mutants, slow: [] } })
      : proven.attacks
  return attacks.some(({ noticed }) => noticed) ? 'proven' : 'unproven'
}
