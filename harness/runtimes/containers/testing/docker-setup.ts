/** Vitest's global setup of tests that need a container engine: they run where one answers; where CI is set, it must. */
import type { TestProject } from 'vitest/node'
import { containersAvailability } from '../availability.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether a container engine answers. */
    docker: boolean
  }
}

export async function setup(project: TestProject): Promise<void> {
  const found = await containersAvailability()
  project.provide('docker', found.ok)
  if (found.ok) return
  if (process.env['CI']) throw new Error(`CI is set, so container tests must run, and ${found.why}`)
  process.stdout.write(
    `Container tests are skipped: ${found.why}. aftershock doctor says how to get one.\n`,
  )
}
