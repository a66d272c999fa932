import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  HarnessError,
  baseImageVariable,
  describeError,
  runtimeNames,
  type ProjectConfig,
  type RuntimeName,
} from '../core/index.ts'

/** A folder with scenarios, as its `aftershock.config.ts` has it, or as it is without one. Paths are absolute. */
export interface Project {
  /** The configuration; undefined when there is none. */
  readonly file?: string
  readonly scenarioFolders: readonly string[]
  readonly runtime?: RuntimeName
  readonly runsFolder: string
  readonly baseImage?: string
}

export const configNames = ['ts', 'mts', 'js', 'mjs'].map(
  (extension) => `aftershock.config.${extension}`,
)

/** Reads the configuration in this folder, if there is one. Throws INVALID_CONFIG with all that is wrong with it. */
export async function openProject(folder = process.cwd()): Promise<Project> {
  const name = configNames.find((one) => existsSync(join(folder, one)))
  if (name === undefined) {
    return { scenarioFolders: [folder], runsFolder: resolve(folder, 'reports', 'runs') }
  }
  const file = join(folder, name)
  const { scenarios, runs, runtime, baseImage } = checked(await load(file, name), folder, name)
  return {
    file,
    scenarioFolders: (scenarios ?? ['.']).map((path) => resolve(folder, path)),
    runsFolder: resolve(folder, runs ?? join('reports', 'runs')),
    ...(runtime === undefined ? {} : { runtime }),
    ...(baseImage === undefined ? {} : { baseImage }),
  }
}

/** Environment variables that stand for what the project says, unless they are set. */
export function projectEnvironment({ baseImage }: Project): Record<string, string> {
  return baseImage === undefined || process.env[baseImageVariable] !== undefined
    ? {}
    : { [baseImageVariable]: baseImage }
}

async function load(file: string, name: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (error) {
    throw new HarnessError('INVALID_CONFIG', `${name} cannot be loaded: ${describeError(error)}`, {
      cause: error,
      hint: 'correct the error in the file, or in what it imports',
    })
  }
}

type Check = (value: unknown, folder: string) => string | undefined

const aText: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'use a text that is not empty'

const checks: Readonly<Record<keyof ProjectConfig, Check>> = {
  scenarios: (value, folder) => {
    if (!Array.isArray(value) || value.length === 0) return 'use a list of folders'
    const wrong = value.filter((path) => typeof path !== 'string' || !isFolder(folder, path))
    return wrong.length === 0 ? undefined : `there is no folder ${wrong.map(shown).join(', ')}`
  },
  runtime: (value) =>
    runtimeNames.some((name) => name === value) ? undefined : `use ${runtimeNames.join(', ')}`,
  runs: aText,
  baseImage: aText,
}

function checked(value: unknown, folder: string, name: string): ProjectConfig {
  const problems = problemsOf(value, folder)
  if (problems.length === 0) return value as ProjectConfig
  throw new HarnessError('INVALID_CONFIG', [`${name}:`, ...problems].join('\n  '), {
    hint: 'nothing was started',
  })
}

function problemsOf(value: unknown, folder: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`(default export) is ${shown(value)}: export default defineConfig({ … })`]
  }
  return Object.entries(value).flatMap(([key, given]) => {
    if (!Object.hasOwn(checks, key)) {
      return [`${key} is not known: use ${Object.keys(checks).join(', ')}`]
    }
    const problem =
      given === undefined ? undefined : checks[key as keyof ProjectConfig](given, folder)
    return problem === undefined ? [] : [`${key} is ${shown(given)}: ${problem}`]
  })
}

function isFolder(folder: string, path: string): boolean {
  return statSync(resolve(folder, path), { throwIfNoEntry: false })?.isDirectory() ?? false
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
