import type { RuntimeName } from '../core/index.ts'

/** What the plugin tells the runner, from the main process to each worker. */
export interface RunnerSettings {
  /** How long the tests of a scenario may take, in ms; by what the scenario says when absent. */
  readonly timeoutMs?: number
  /** Folder in which each run leaves one of its own. */
  readonly runsDir: string
  /** Where a scenario does not need containers. */
  readonly runtime: RuntimeName
  /** The command line, for the journal. */
  readonly args: readonly string[]
}

declare module 'vitest' {
  interface ProvidedContext {
    aftershock: RunnerSettings
  }
}

/** Only files named so are scenarios; whatever else a project's `include` takes in is an ordinary test file. */
export function isScenarioFile(path: string): boolean {
  return /\.scenario\.m?[jt]s$/.test(path)
}
