import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HarnessError, describeError, type Scenario } from '../core/index.ts'
import { assertValid } from '../engine/index.ts'
import { filesBelow } from './files-below.ts'

export interface FoundScenario {
  /** Absolute. */
  readonly file: string
  readonly scenario: Scenario
}

/** Every `*.scenario.ts` (or .js, .mts, .mjs) below the directories, in order of path. */
export function scenarioFiles(...directories: readonly string[]): string[] {
  return filesBelow('scenario', directories)
}

/** Loads and validates one file. Throws INVALID_SCENARIO that names the file and all that is wrong. */
export async function loadScenario(file: string): Promise<FoundScenario> {
  const shown = relative(process.cwd(), file)
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    throw new HarnessError(
      'INVALID_SCENARIO',
      `${shown} cannot be loaded: ${describeError(error)}`,
      {
        cause: error,
        hint: 'correct the error in the file, or in what it imports',
      },
    )
  }
  assertValid(module.default, shown)
  return { file, scenario: module.default }
}

/**
 * Loads all, and reports what is wrong with any of them at once, together with two files that claim one id. When every one of the words
 * is the id of a scenario that is in order, what is wrong with others is only said on the way.
 */
export async function loadScenarios(
  files: readonly string[],
  words: readonly string[] = [],
  warn: (text: string) => void = () => undefined,
): Promise<FoundScenario[]> {
  const results = await Promise.allSettled(files.map(loadScenario))
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  )
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  for (const [id, same] of Map.groupBy(found, ({ scenario }) => scenario.id)) {
    if (same.length > 1) {
      const where = same.map(({ file }) => relative(process.cwd(), file)).join(' and ')
      errors.push(new HarnessError('INVALID_SCENARIO', `the id '${id}' is used by ${where}`))
    }
  }
  const ids = found.map(({ scenario }) => scenario.id)
  const isOne = (word: string) => ids.filter((id) => id === word).length === 1
  if (errors.length > 0 && words.length > 0 && words.every(isOne)) {
    for (const error of errors) warn(describeError(error))
  } else if (errors.length > 0) {
    throw new HarnessError('INVALID_SCENARIO', errors.map(describeError).join('\n'), {
      hint: 'nothing was started',
    })
  }
  return found
}

/**
 * The scenarios that the words ask for: a word that is an id means that one, any other all whose id or path contains it.
 * Without words: all but those that exist to show a verdict other than pass. Throws USAGE for a word that fits nothing.
 */
export function selectScenarios(
  all: readonly FoundScenario[],
  words: readonly string[],
): FoundScenario[] {
  if (words.length === 0) return all.filter(({ scenario }) => !scenario.demonstrates)
  const selected = words.flatMap((word) => {
    const exact = all.filter(({ scenario }) => scenario.id === word)
    if (exact.length > 0) return exact
    const similar = all.filter(
      ({ scenario, file }) =>
        scenario.id.includes(word) || relative(process.cwd(), file).includes(word),
    )
    if (similar.length > 0) return similar
    const known = all.map(({ scenario }) => scenario.id).join(', ')
    throw new HarnessError('USAGE', `no scenario matches '${word}'`, {
      hint:
        all.length > 0 ? `known are ${known}` : 'there is no *.scenario.ts below this directory',
    })
  })
  return [...new Set(selected)]
}
