import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ViteUserConfig } from 'vitest/config'
import type { Vite, VitestPluginContext } from 'vitest/node'
import { HarnessError } from '../core/index.ts'
import { openProject, projectEnvironment, type Project } from '../session/project.ts'
import { stopGracefully } from './graceful-stop.ts'
import type { RunnerSettings } from './settings.ts'

export interface AftershockOptions {
  /** Globs of the scenario files, relative to the project's root. Default: every `*.scenario.ts` (or .js, .mts, .mjs) below it, or below the folders that its `aftershock.config.ts` names. */
  readonly include?: readonly string[]
  /** Globs to leave out, besides node_modules, dist and hidden folders. Default: none. */
  readonly exclude?: readonly string[]
  /**
   * How long a scenario may take, in ms, above 0; then it is stopped, undone and torn down, and the test that waits for it fails.
   * Default 120000, and more for a scenario whose windows may take longer by its `judgement.windowMs` and its stages.
   */
  readonly timeoutMs?: number
}

const everyScenario = '**/*.scenario.{ts,js,mts,mjs}'
const neverScenarios = ['**/node_modules/**', '**/dist/**', '**/.*/**']

/**
 * A Vitest plugin by which each `*.scenario.ts` is a test file: `export default defineConfig({ plugins: [aftershock()] })`.
 * Filters by path, `-t`, `--shard`, `--bail` and parallel workers do what they do for any test. A scenario starts whole stacks: where
 * several at once are too much for the machine, set `test.fileParallelism: false`.
 *
 * It sets `test.include`, `test.exclude` and `test.runner` of the project that it is given to; put scenarios and other tests into
 * `test.projects` of their own. SIGINT, SIGTERM and SIGHUP then undo changes and stop every stack before Vitest ends with
 * 128 + the signal's number; a second signal ends at once. `vitest list` shows scenarios with `--no-static-parse`.
 *
 * An `aftershock.config.ts` in the root is honoured. Throws HarnessError USAGE when an option is out of bounds.
 */
export function aftershock(options: AftershockOptions = {}): Vite.Plugin {
  const settings = settingsOf(options)
  return {
    name: 'aftershock',
    config: async ({ root = process.cwd() }): Promise<Omit<ViteUserConfig, 'plugins'>> => {
      const project = await openProject(root)
      return {
        test: {
          include: [...(options.include ?? scenariosOf(project, root))],
          exclude: [...neverScenarios, ...(options.exclude ?? [])],
          runner: runnerPath(),
          env: projectEnvironment(project),
          provide: { aftershock: { ...settings, ...ofProject(project) } },
        },
      }
    },
    configureVitest: ({ vitest }: VitestPluginContext) => stopGracefully(vitest),
  }
}

function scenariosOf({ scenarioFolders }: Project, root: string): string[] {
  return scenarioFolders.map((folder) => join(relative(root, folder), everyScenario))
}

function ofProject({ runsFolder, runtime }: Project): Pick<RunnerSettings, 'runsDir' | 'runtime'> {
  // As a test a scenario runs the same wherever it does, unless the project says otherwise.
  return { runsDir: runsFolder, runtime: runtime ?? 'processes' }
}

function settingsOf({ timeoutMs }: AftershockOptions): Pick<RunnerSettings, 'timeoutMs' | 'args'> {
  const args = ['vitest', ...process.argv.slice(2)]
  if (timeoutMs === undefined) return { args }
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    throw new HarnessError('USAGE', `timeoutMs of the plugin is ${timeoutMs}`, {
      hint: 'use a number of milliseconds above 0',
    })
  }
  return { timeoutMs, args }
}

/** The runner beside this module, as source or as built. */
function runnerPath(): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`./runner${extension}`, import.meta.url))
}
