import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scenario } from '../core/index.ts'
import { loadScenarios } from '../session/index.ts'

export const cliFile = fileURLToPath(new URL('../bin/aftershock.js', import.meta.url))

/** A scenario of the reference site, from the folder in which the bench was started. */
export async function referenceScenario(id: string): Promise<Scenario> {
  const file = resolve('scenarios', 'reference', 'incidents', `${id}.scenario.ts`)
  const [found] = await loadScenarios([file])
  if (!found) throw new Error(`${file} has no scenario`)
  return found.scenario
}
