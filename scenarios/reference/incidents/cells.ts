import type { ExpectedBreak, Flow } from 'aftershock'
import { flows as all } from '../flows/index.ts'

/** The cells of everything that goes through the gateway's checks. The status page does not. */
export function everythingBut(
  spared: readonly string[],
  how: Pick<ExpectedBreak, 'symptom' | 'failing'>,
  flows: readonly Flow[] = all,
): ExpectedBreak[] {
  return [{ flows: flows.map(({ id }) => id).filter((id) => !spared.includes(id)), ...how }]
}

/** A status page that counts what users get, and says so at once: where one admitted the failure. */
export const honestStatusPage = {
  probes: 'flows',
  intervalMs: 50,
  degradeAfter: { windowMs: 2_000, minRequests: 5 },
}
