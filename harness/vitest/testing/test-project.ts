import { execFile } from 'node:child_process'
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { EventOf, JournalEvent, JournalKind } from '../../core/index.ts'
import type { scenarios } from '../fixtures/scenarios.ts'
import { readJsonReport, type FileReport } from './json-report.ts'
import { RunningVitest, vitestPackage, type Finished } from './running-vitest.ts'
import { until } from './until.ts'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const runsFolder = 'reports/runs'
const reportFile = 'report.json'
const reporters = ['verbose', 'json'].map((name) => `--reporter=${name}`)

const configFile = 'vitest.config.ts'
const configWith = (options: string) => `import { aftershock } from 'aftershock/vitest'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [aftershock(${options})] })
`

const scenarioFile = (name: string) => `import { scenarios } from '../fixtures/scenarios.ts'

export default scenarios['${name}']
`

export type FixtureName = keyof typeof scenarios

/** A project of its own in a temporary directory, with fixtures as its scenarios and nothing configured but the plugin. */
export class TestProject implements AsyncDisposable {
  readonly #root: string
  readonly #started: RunningVitest[] = []

  private constructor(root: string) {
    this.#root = root
  }

  static async create(...scenarios: readonly FixtureName[]): Promise<TestProject> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'aftershock-vitest-test-')))
    await symlink(dirname(vitestPackage), join(root, 'node_modules'))
    await writeFile(join(root, 'package.json'), '{ "private": true, "type": "module" }')
    await writeFile(join(root, configFile), configWith(''))
    await cp(fixtures, join(root, 'fixtures'), { recursive: true })
    await mkdir(join(root, 'scenarios'))
    for (const name of scenarios) {
      await writeFile(join(root, 'scenarios', `${name}.scenario.ts`), scenarioFile(name))
    }
    return new TestProject(root)
  }

  /** Gives the plugin options, as source text. */
  async configure(options: string): Promise<void> {
    await writeFile(join(this.#root, configFile), configWith(options))
  }

  start(...args: readonly string[]): RunningVitest {
    const report = `--outputFile.json=${reportFile}`
    const vitest = new RunningVitest(this.#root, ['run', ...reporters, report, ...args])
    this.#started.push(vitest)
    return vitest
  }

  async run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).finished
  }

  async report(): Promise<ReadonlyMap<string, FileReport>> {
    return readJsonReport(join(this.#root, reportFile))
  }

  /** Ids of the runs that left a folder. */
  async runs(): Promise<string[]> {
    return this.list('.', runsFolder)
  }

  /** What a folder of the project holds, sorted; nothing when there is none. */
  async list(...path: readonly string[]): Promise<string[]> {
    try {
      return (await readdir(join(this.#root, ...path))).toSorted()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  /** The whole lines of a run's journal, which may be growing. */
  async journal(runId: string): Promise<readonly JournalEvent[]> {
    const folder = [runsFolder, runId]
    if (!(await this.list(...folder)).includes('journal.ndjson')) return []
    const text = await readFile(join(this.#root, ...folder, 'journal.ndjson'), 'utf8')
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as JournalEvent)
  }

  /** Waits until the journal of the project's only run has the event. Throws when Vitest has ended without it. */
  async event<K extends JournalKind>(
    kind: K,
    isWanted: (event: EventOf<K>) => boolean = () => true,
  ): Promise<EventOf<K>> {
    return until(`the event '${kind}'`, async () => {
      const ended = this.#started.at(-1)?.result
      const [runId] = await this.runs()
      const events = runId === undefined ? [] : await this.journal(runId)
      const found = events.find(
        (event): event is EventOf<K> => event.kind === kind && isWanted(event as EventOf<K>),
      )
      if (!found && ended) throw new Error(`no event '${kind}'; Vitest printed:\n${ended.output}`)
      return found
    })
  }

  /** What runs have not taken away: command lines of supervisors and services, and scratch directories. */
  async leftovers(): Promise<string[]> {
    const runs = await this.runs()
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args='])
    const isOurs = (text: string) => [this.#root, ...runs].some((mark) => text.includes(mark))
    return [...stdout.split('\n'), ...(await readdir(tmpdir()))].filter(isOurs).filter(
      // The project's own directory is no leftover of a run.
      (text) => join(tmpdir(), text) !== this.#root,
    )
  }

  /** Ends what still runs, waits until it is gone, and removes the project. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const vitest of this.#started) vitest.kill('SIGKILL', 'group')
    await until('the end of all that was started', async () =>
      (await this.leftovers()).length === 0 ? true : undefined,
    )
    await rm(this.#root, { recursive: true, force: true })
  }
}
