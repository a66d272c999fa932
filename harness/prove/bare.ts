import type { Scenario } from '../core/index.ts'

/** Without what would end it, or speak of it, for reasons of its own. */
export function bare(scenario: Scenario): Scenario {
  const {
    safety: _safety,
    load: _load,
    writes: _writes,
    amplification: _limits,
    outside: _outside,
    ...rest
  } = scenario
  return rest
}
