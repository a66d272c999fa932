import { HarnessError, type Scenario, type WantedSite } from '../core/index.ts'
import type { Runtime } from '../engine/index.ts'

type Checked = Pick<Scenario, 'id' | 'stack' | 'steps' | 'outside' | 'allowOutside'>

/** Throws INVALID_SCENARIO with all that a scenario wants of sites that they cannot do. What wants nothing of them costs nothing. */
export async function checkWantedSites(scenario: Checked, runtime: Runtime): Promise<void> {
  const wanted = wantedOf(scenario)
  if (wanted.length === 0) return
  const problems = (await runtime.checkSites?.(scenario.stack.sites, wanted)) ?? []
  if (problems.length === 0) return
  const lines = problems.map((text) => `  ${text}.`)
  throw new HarnessError(
    'INVALID_SCENARIO',
    `${scenario.id}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} with its sites\n${lines.join('\n')}`,
    { hint: 'nothing was started' },
  )
}

/** A limit on a host that may be asked in vain is in order. */
function wantedOf({ steps, outside, allowOutside = [] }: Checked): WantedSite[] {
  const limited = (outside?.maxRequests ?? []).map(({ host }) => ({ host }))
  return [
    ...steps.flatMap((step) => (step.kind === 'fault' ? (step.sites ?? []) : [])),
    ...limited.filter(({ host }) => !allowOutside.includes(host)),
  ]
}
