import type { Stack } from '../core/index.ts'
import type { RunningStack } from '../engine/index.ts'
import type { SystemToAct } from '../report/index.ts'

/** A site as a person may choose it. */
export type KnownSites = SystemToAct['sites']

/** Services, links and sites, for the page to offer. */
export function systemToAct(stack: Stack, running: RunningStack, sites: KnownSites): SystemToAct {
  return {
    services: stack.services.map(({ name, config }) => ({
      name,
      replicas: running.replicas.flatMap(({ id, service }) => (service === name ? [id] : [])),
      configurable: config !== undefined,
    })),
    links: [
      ...stack.services.map(({ name }) => ({ to: name })),
      ...stack.services.flatMap(({ name, connects }) => connects.map((to) => ({ from: name, to }))),
    ],
    sites,
  }
}
