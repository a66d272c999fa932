/** Vitest's global setup of tests that need a container engine: they run where one answers; where CI is set, it must. */
import type { TestProject } from 'vitest/node'
import { findComposeTool } from '../../../compose/compose-tool.ts'
import { containersAvailability } from '../availability.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether a container engine answers. */
    docker: boolean
    /** Whether there is a compose tool. */
    compose: boolean
  }
}

export async function setup(project: TestProject): Promise<void> {
  const found = await containersAvailability()
  const hasCompose = (await findComposeTool()) !== undefined
  project.provide('docker', found.ok)
  project.provide('compose', hasCompose)
  if (found.ok && !hasCompose) skip('there is no compose tool')
  if (!found.ok) skip(found.why)
}

function skip(why: string): void {
  if (process.env['CI']) throw new Error(`CI is set, so container tests must run, and ${why}`)
  process.stdout.write(
    `Container tests are skipped: ${why}. aftershock doctor says how to get one.\n`,
  )
}
