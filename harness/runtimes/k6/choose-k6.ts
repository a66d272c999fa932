import { HarnessError } from '../../core/index.ts'
import type { K6Program } from '../../engine/index.ts'
import { containersAvailability } from '../containers/availability.ts'
import { findLocalK6, k6Variable } from './local-k6.ts'

/** A k6 of the machine, else one in a container. Throws RUNTIME_UNAVAILABLE when there is neither. */
export async function chooseK6(): Promise<K6Program> {
  const local = await findLocalK6()
  if (local) return local
  const found = await containersAvailability()
  if (!found.ok) {
    throw new HarnessError('RUNTIME_UNAVAILABLE', `there is no k6 on the PATH, and ${found.why}`, {
      hint: `install k6 (https://grafana.com/docs/k6), or name its path in ${k6Variable}; --load-engine embedded needs none`,
    })
  }
  const { containerK6 } = await import('./container-k6.ts')
  return containerK6()
}
