import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** What one test file came to. */
export interface FileReport {
  readonly status: string
  readonly message: string
  readonly tests: readonly TestReport[]
}

export interface TestReport {
  /** The names of the suites around it, that of the scenario left out, and its own: `change › flow as actor`. */
  readonly name: string
  readonly status: string
  readonly message: string
}

/** The report of Vitest's JSON reporter, as far as tests need it. */
interface JsonFile {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[]
    readonly title: string
    readonly status: string
    readonly failureMessages: readonly string[]
  }[]
}

/** By the name of the scenario file, without its suffix. */
export async function readJsonReport(path: string): Promise<ReadonlyMap<string, FileReport>> {
  const { testResults } = JSON.parse(await readFile(path, 'utf8')) as {
    readonly testResults: readonly JsonFile[]
  }
  return new Map(testResults.map((file) => [basename(file.name, '.scenario.ts'), fileReport(file)]))
}

function fileReport({ status, message, assertionResults }: JsonFile): FileReport {
  return {
    status,
    message,
    tests: assertionResults.map((test) => ({
      name: [...test.ancestorTitles.slice(1), test.title].join(' › '),
      status: test.status,
      message: test.failureMessages.join('\n'),
    })),
  }
}
