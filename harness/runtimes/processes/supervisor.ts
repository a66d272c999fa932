/**
 * Starts and stops the programs of one run, in a session of its own. It lives as long as the harness does: when its standard input
 * ends, however the harness went, it kills every program with all that it started, removes the run's scratch directory, and ends.
 * Programs are started here and not by the harness, so that there is no moment in which one runs that nobody would stop.
 *
 * Lines on standard input: `Command`; on standard output: `SupervisorEvent`, both as JSON. Argument: the scratch directory, which it makes.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { killPrograms, scratchVariable, supervisorPidFile } from './leftovers.ts'

export type Command =
  | {
      readonly op: 'start'
      readonly id: string
      readonly command: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
      readonly cwd: string
      readonly log: string
      /** Lines of standard output that begin so are passed on as events, and not logged. */
      readonly announce?: string
    }
  | { readonly op: 'stop'; readonly id: string; readonly graceMs: number }
  /** To all of its group, but for SIGTERM, which is for the program itself. */
  | { readonly op: 'signal'; readonly id: string; readonly signal: ProgramSignal }

export type ProgramSignal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'

export type SupervisorEvent =
  | { readonly event: 'ready' }
  | { readonly event: 'started'; readonly id: string; readonly pid: number }
  | { readonly event: 'line'; readonly id: string; readonly line: string }
  | { readonly event: 'exited'; readonly id: string; readonly detail: string }

const programs = new Map<string, ChildProcess>()

function tell(event: SupervisorEvent): void {
  // The harness may be gone: then nobody needs to know, and the end of standard input follows.
  process.stdout.write(`${JSON.stringify(event)}\n`, () => undefined)
}

function start(command: Extract<Command, { op: 'start' }>, scratch: string): void {
  const { id, announce } = command
  const log = openSync(command.log, 'a')
  const child = spawn(command.command, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env, [scratchVariable]: scratch },
    detached: true,
    stdio: ['ignore', announce === undefined ? log : 'pipe', log],
  })
  closeSync(log)
  programs.set(id, child)
  if (announce !== undefined && child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith(announce)) tell({ event: 'line', id, line })
    })
  }
  child.on('spawn', () => tell({ event: 'started', id, pid: child.pid as number }))
  child.on('error', (error) => tell({ event: 'exited', id, detail: error.message }))
  child.on('exit', (code, signal) => {
    // What it started may outlive it; the group is ended with its leader.
    killGroup(child)
    programs.delete(id)
    tell({ event: 'exited', id, detail: signal ? `signal ${signal}` : `exit code ${code}` })
  })
}

function stop({ id, graceMs }: Extract<Command, { op: 'stop' }>): void {
  const child = programs.get(id)
  if (!child) return
  child.kill('SIGTERM')
  setTimeout(() => killGroup(child), graceMs).unref()
}

function send({ id, signal }: Extract<Command, { op: 'signal' }>): void {
  const child = programs.get(id)
  if (!child) return
  if (signal === 'SIGTERM') child.kill(signal)
  else signalGroup(child, signal)
}

function killGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL')
}

function signalGroup(child: ChildProcess, signal: ProgramSignal): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    // ESRCH: nobody of the group is left, which is what is wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function end(scratch: string): never {
  for (const child of programs.values()) killGroup(child)
  // What left the group of the program that started it.
  killPrograms((of) => of === scratch)
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  process.exit(0)
}

function main(scratch: string): void {
  mkdirSync(scratch, { recursive: true, mode: 0o700 })
  writeFileSync(join(scratch, supervisorPidFile), String(process.pid))
  const input = createInterface({ input: process.stdin })
  input.on('line', (line) => {
    const command = JSON.parse(line) as Command
    if (command.op === 'start') start(command, scratch)
    else if (command.op === 'stop') stop(command)
    else send(command)
  })
  input.on('close', () => end(scratch))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => end(scratch))
  process.stdout.on('error', () => end(scratch))
  tell({ event: 'ready' })
}

main(process.argv[2] as string)
