import { HarnessError, type RuntimeName, type Scenario, type Stack } from '../core/index.ts'
import type { Runtime } from '../engine/index.ts'
import { containersAvailability } from './containers/availability.ts'
import { containersRuntime } from './containers/containers-runtime.ts'
import { processesRuntime } from './processes/processes-runtime.ts'

/** Environment variable that stands for `--runtime` where that is not given. */
export const runtimeVariable = 'AFTERSHOCK_RUNTIME'

export interface ChosenRuntime {
  readonly runtime: Runtime
  /** Why it was taken, when the choice was left open. */
  readonly why?: string
}

/**
 * `auto` takes containers where an engine answers and can have the images, else processes. Throws RUNTIME_UNAVAILABLE when containers
 * are asked for, or when the scenario needs them, and there are none.
 */
export async function chooseRuntime(name: RuntimeName, scenario: Scenario): Promise<ChosenRuntime> {
  if (name === 'processes') return { runtime: processesRuntime }
  const needs = needsContainers(scenario)
  const deaf = name === 'auto' && !needs ? servicesBoundToLoopback(scenario.stack) : []
  if (deaf.length > 0) {
    const why = `${deaf.join(', ')} would not be heard in a container: {host} is not used`
    return { runtime: processesRuntime, why }
  }
  const found = await containersAvailability()
  if (found.ok) {
    return { runtime: containersRuntime, ...(name === 'auto' ? { why: found.detail } : {}) }
  }
  if (name === 'auto' && !needs) return { runtime: processesRuntime, why: found.why }
  const wanted = needs ? `${scenario.id} needs containers` : 'containers are asked for'
  throw new HarnessError('RUNTIME_UNAVAILABLE', `${wanted}, and ${found.why}`, {
    hint: 'aftershock doctor says what is missing and how to get it',
  })
}

/** Whether a service comes as an image only, or a step works on a container. */
export function needsContainers({ stack, steps }: Pick<Scenario, 'stack' | 'steps'>): boolean {
  return (
    stack.services.some(({ run }) => run.kind === 'image') ||
    steps.some((step) => 'needs' in step && step.needs === 'containers')
  )
}

/** Commands that are not told where to listen: most then listen on loopback, which in a container nobody else hears. */
function servicesBoundToLoopback({ services }: Stack): string[] {
  return services
    .filter(
      ({ run }) =>
        run.kind === 'command' &&
        ![...run.args, ...Object.values(run.env ?? {})].some((text) => text.includes('{host}')),
    )
    .map(({ name }) => name)
}
