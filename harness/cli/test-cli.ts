import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { EventOf, JournalEvent, JournalKind } from '../core/index.ts'
import { scratchPrefix } from '../runtimes/processes/leftovers.ts'

const program = fileURLToPath(new URL('../bin/aftershock.js', import.meta.url))
const fixtures = new URL('./fixtures/project.ts', import.meta.url).href

/** A directory of its own with the scenarios given, each as the text of what `scenario()` gets. */
export class TestProject implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'aftershock-cli-'))

  constructor(scenarios: Readonly<Record<string, string>>) {
    this.write('package.json', '{ "type": "module" }')
    for (const [id, given] of Object.entries(scenarios)) {
      const lines = [
        `import { scenario } from '${fixtures}'`,
        `export default scenario({ id: '${id}', ${given} })`,
      ]
      this.write(`${id}.scenario.ts`, `${lines.join('\n')}\n`)
    }
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.directory, name), content)
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names)
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export interface Finished {
  /** Absent when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

const withRuntime = ['run', 'reproduce', 'load', 'prove']

/** Runs take processes unless they say otherwise: a Docker engine that happens to answer is the business of other tests. */
export function start(project: TestProject, ...args: readonly string[]): Running {
  return startWith(project, {}, ...args)
}

/** With these variables beside the few that every run gets. */
export function startWith(
  project: TestProject,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Running {
  const runtime =
    withRuntime.includes(args[0] ?? '') && !args.includes('--runtime')
      ? ['--runtime', 'processes']
      : []
  return run(project, process.execPath, [program, ...args, ...runtime], env)
}

/** A line of the shell, in which `"$@"` stands for the program and these arguments. */
export function startInShell(
  project: TestProject,
  line: string,
  ...args: readonly string[]
): Running {
  return run(project, 'sh', ['-c', line, 'sh', process.execPath, program, ...args])
}

export async function aftershock(
  project: TestProject,
  ...args: readonly string[]
): Promise<Finished> {
  return start(project, ...args).finished
}

function run(
  project: TestProject,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(command, args, {
    cwd: project.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: tmpdir(), ...env },
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', reject)
  })
  const finished = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]) => ({ code, stdout, stderr }),
  )
  return { child, finished }
}

/** The address of the live page, from what the program has printed. */
export async function liveAddress({ child }: Running): Promise<string> {
  let printed = ''
  child.stdout?.on('data', (part: Buffer) => (printed += part.toString()))
  await until('the address of a live page', () => /live page: \S+\n/.test(printed))
  return /live page: (\S+)\n/.exec(printed)?.[1] ?? ''
}

function journalIn(folder: string): JournalEvent[] {
  const file = join(folder, 'journal.ndjson')
  if (!existsSync(file)) return []
  // While it is being written the last line may not be whole yet.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as JournalEvent)
}

export function eventsIn<K extends JournalKind>(folder: string, kind: K): EventOf<K>[] {
  return journalIn(folder).filter((event): event is EventOf<K> => event.kind === kind)
}

/** Throws after 30 s. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`waited 30 s in vain for ${what}`)
    await delay(20)
  }
}

/** Until the window is open in the journal of the folder. */
export async function untilWindow(folder: string, id: string): Promise<void> {
  await until(`the window ${id} in ${folder}`, () =>
    eventsIn(folder, 'window.opened').some(({ window }) => window.id === id),
  )
}

/** Until no process and no directory of the run in this folder is left. */
export async function untilNothingIsLeft(folder: string): Promise<void> {
  const runId = eventsIn(folder, 'run.started')[0]?.runId
  if (!runId) throw new Error(`there is no journal of a run in ${folder}`)
  await until(`the end of everything that belongs to ${runId}`, () => leftOf(runId).length === 0)
}

function leftOf(runId: string): string[] {
  const scratch = join(tmpdir(), `${scratchPrefix}${runId}`)
  const processes = readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      ['environ', 'cmdline'].some((name) => readIfThere(`/proc/${pid}/${name}`).includes(scratch)),
  )
  return [...processes, ...(existsSync(scratch) ? [scratch] : [])]
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It ended between the listing and the reading.
    return ''
  }
}

/** The configurations that the service was given, in order. */
export function configsIn(folder: string): Record<string, unknown>[] {
  return readFileSync(join(folder, 'services', 'app-1.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('config '))
    .map((line) => JSON.parse(line.slice('config '.length)) as Record<string, unknown>)
}
