import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HarnessError, describeError, type LoadTest } from '../core/index.ts'
import { validateLoadTest } from '../engine/index.ts'
import { filesBelow } from './files-below.ts'

export interface FoundLoadTest {
  readonly test: LoadTest
  /** URL of its file. */
  readonly module: string
}

/** Finds the one `*.load.ts` (or .js, .mts, .mjs) below the directory, or the folders that are named, whose id or path fits the word; validates it. Throws USAGE or INVALID_SCENARIO with all problems. */
export async function findLoadTest(
  directory: string,
  word: string,
  below: readonly string[] = [directory],
): Promise<FoundLoadTest> {
  const files = filesBelow('load', below).map((file) => relative(directory, file))
  const isNamed = (file: string) => file.replace(/^.*\//, '').replace(/\.load\.\w+$/, '') === word
  const exact = files.filter(
    (file) => isNamed(file) || file === relative(directory, resolve(directory, word)),
  )
  const fitting = exact.length > 0 ? exact : files.filter((file) => file.includes(word))
  const [file, ...others] = fitting
  if (file === undefined || others.length > 0) {
    throw new HarnessError('USAGE', `'${word}' fits ${fitting.length} load tests`, {
      hint:
        files.length === 0
          ? 'there is no *.load.ts below this directory'
          : `known are ${(fitting.length > 0 ? fitting : files).join(', ')}`,
    })
  }
  return load(resolve(directory, file), file)
}

async function load(path: string, shown: string): Promise<FoundLoadTest> {
  const module = pathToFileURL(path).href
  const { default: value } = (await import(module).catch((error: unknown) => {
    throw new HarnessError(
      'INVALID_SCENARIO',
      `${shown} cannot be loaded: ${describeError(error)}`,
      { cause: error },
    )
  })) as { default?: unknown }
  const problems = validateLoadTest(value)
  if (problems.length === 0) return { test: value as LoadTest, module }
  const lines = problems.map(
    ({ path: at, message, hint }) => `  ${at || '(default export)'} ${message}. ${hint}.`,
  )
  throw new HarnessError(
    'INVALID_SCENARIO',
    `${shown}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n${lines.join('\n')}`,
    { hint: 'nothing was started' },
  )
}
