import { HarnessError, type Actor, type Flow, type LoadProfile } from '../../core/index.ts'
import { firstIteration, seedOf, type LoadNumber } from '../apart.ts'
import { planLoad } from '../embedded.ts'
import { bundleScript } from './bundle-script.ts'
import { findExports } from './find-exports.ts'
import { k6Options } from './options.ts'

export interface ScriptRequest extends LoadNumber {
  readonly profile: LoadProfile
  readonly flows: readonly Flow[]
  readonly actors: readonly Actor[]
  /** URL of the file of the load test. */
  readonly module: string
  readonly frontDoors: Readonly<Record<string, string>>
  readonly entry: string
  /** Said at the top of the script. */
  readonly remarks?: readonly string[]
}

/**
 * The load test as one script for k6: its flows as they are, options and thresholds from its profile. Where the services are it learns from
 * the environment (`doorVariable`). Throws INVALID_SCENARIO with all that k6 cannot do of it.
 */
export async function makeScript(request: ScriptRequest): Promise<string> {
  const { profile, module, frontDoors, entry, remarks = [] } = request
  const options = k6Options(profile)
  if (!('scenarios' in options)) {
    throw new HarnessError(
      'INVALID_SCENARIO',
      `k6 cannot run this load:\n${options.map((line) => `  ${line}`).join('\n')}`,
      { hint: 'change that, or leave it to the embedded engine' },
    )
  }
  const planned = planLoad(profile, request)
  const used = new Set(planned.flatMap(({ cells }) => cells.map((cell) => cell.flow)))
  const acting = new Set(planned.flatMap(({ cells }) => cells.map((cell) => cell.actor)))
  // Actors of a run carry their sessions; the script signs in by itself, as the test says.
  const { default: test } = (await import(module)) as {
    default: { readonly flows: readonly Flow[]; readonly actors: readonly Actor[] }
  }
  const wanted = (list: readonly { readonly id: string }[], ids: ReadonlySet<string>) =>
    list.filter(({ id }) => ids.has(id)).map((value) => ({ id: value.id, value }))
  const flows = wanted(test.flows, used)
  const places = await findExports(module, [...flows, ...wanted(test.actors, acting)])
  return bundleScript({
    remarks,
    options,
    plan: {
      seed: seedOf(request),
      entry,
      doors: Object.fromEntries(Object.keys(frontDoors).map((name) => [name, doorVariable(name)])),
      executors: Object.fromEntries(
        planned.map(({ name, cells, thinkTime }, i) => [
          name,
          {
            cells,
            firstIteration: firstIteration(request, i),
            ...(thinkTime === undefined ? {} : { thinkTime }),
          },
        ]),
      ),
    },
    flows: places.slice(0, flows.length),
    actors: places.slice(flows.length),
  })
}

/** 'GATEWAY_URL' for the service 'gateway'. */
export function doorVariable(service: string): string {
  return `${service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`
}
