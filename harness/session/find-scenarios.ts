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

/** A file that is of no use, or an id that two of them claim. */
interface Spoiled {
  readonly files: readonly string[]
  /** As far as it is known. */
  readonly id?: string
  readonly error: unknown
}

async function loadScenario(file: string): Promise<FoundScenario | Spoiled> {
  const shown = relative(process.cwd(), file)
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (cause) {
    const error = new HarnessError(
      'INVALID_SCENARIO',
      `${shown} cannot be loaded: ${describeError(cause)}`,
      { cause, hint: 'correct the error in the file, or in what it imports' },
    )
    return { files: [file], error }
  }
  try {
    assertValid(module.default, shown)
    return { file, scenario: module.default }
  } catch (error) {
    const { id } = (module.default ?? {}) as { readonly id?: unknown }
    return { files: [file], error, ...(typeof id === 'string' ? { id } : {}) }
  }
}

/** What is in order, and what is wrong with the others: one error a file or id. */
export async function loadAll(
  files: readonly string[],
): Promise<{ found: FoundScenario[]; spoiled: Spoiled[] }> {
  const results = await Promise.all(files.map(loadScenario))
  const found = results.filter((result): result is FoundScenario => 'scenario' in result)
  const spoiled = results.filter((result): result is Spoiled => !('scenario' in result))
  for (const [id, same] of Map.groupBy(found, ({ scenario }) => scenario.id)) {
    if (same.length === 1) continue
    const where = same.map(({ file }) => file)
    const shown = where.map((file) => relative(process.cwd(), file)).join(' and ')
    const error = new HarnessError('INVALID_SCENARIO', `the id '${id}' is used by ${shown}`)
    spoiled.push({ files: where, id, error })
  }
  return { found, spoiled }
}

/**
 * Loads all that the words may ask for. Throws INVALID_SCENARIO with all that is wrong where a word fits what is spoiled, or nothing else,
 * and without words for anything that is. What else is spoiled is named in one line when its id is not known, since it may have been meant.
 */
export async function loadScenarios(
  files: readonly string[],
  words: readonly string[] = [],
  warn: (text: string) => void = () => undefined,
): Promise<FoundScenario[]> {
  const { found, spoiled } = await loadAll(files)
  const meant =
    words.length === 0 ? spoiled : words.flatMap((word) => spoiledFor(word, found, spoiled))
  if (meant.length > 0) throw invalid(meant)
  const perhaps = spoiled.filter(({ id }) => id === undefined).flatMap((one) => one.files)
  if (perhaps.length > 0) {
    const shown = perhaps.map((file) => relative(process.cwd(), file)).join(', ')
    warn(`left out, since it is not valid: ${shown} (aftershock list says what is wrong)`)
  }
  return found
}

/** All errors as one. */
export function invalid(spoiled: readonly Spoiled[]): HarnessError {
  const lines = [...new Set(spoiled)].map(({ error }) => describeError(error))
  return new HarnessError('INVALID_SCENARIO', lines.join('\n'), { hint: 'nothing was started' })
}

function spoiledFor(
  word: string,
  found: readonly FoundScenario[],
  spoiled: readonly Spoiled[],
): readonly Spoiled[] {
  const same = spoiled.filter(({ id }) => id === word)
  if (same.length > 0) return same
  if (found.some(({ scenario }) => scenario.id === word)) return []
  const similar = spoiled.filter(({ id, files }) => fits(word, id, ...files))
  if (similar.length > 0) return similar
  return found.some(({ scenario, file }) => fits(word, scenario.id, file)) ? [] : spoiled
}

function fits(word: string, id: string | undefined, ...files: readonly string[]): boolean {
  return (
    id?.includes(word) === true ||
    files.some((file) => relative(process.cwd(), file).includes(word))
  )
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
    const similar = all.filter(({ scenario, file }) => fits(word, scenario.id, file))
    if (similar.length > 0) return similar
    const known = all.map(({ scenario }) => scenario.id).join(', ')
    throw new HarnessError('USAGE', `no scenario matches '${word}'`, {
      hint:
        all.length > 0 ? `known are ${known}` : 'there is no *.scenario.ts below this directory',
    })
  })
  return [...new Set(selected)]
}
