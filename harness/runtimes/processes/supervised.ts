import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { HarnessError } from '../../core/index.ts'
import { compileCache } from './compile-cache.ts'
import { removeLeftovers } from './leftovers.ts'
import type { Command, ProgramSignal, SupervisorEvent } from './supervisor.ts'

const endTimeoutMs = 10_000
/** Programs are asked to stop, and killed after this long. */
const stopGraceMs = 1_500

export interface ProgramHandlers {
  readonly onLine?: (line: string) => void
  readonly onExit: (detail: string) => void
}

/** The harness's end of the supervisor: starts programs that cannot outlive the harness. Disposing it ends them all. */
export class Supervised implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #handlers = new Map<string, ProgramHandlers>()
  readonly #pids = new Map<string, number>()
  readonly #exited: Promise<unknown>
  #lost = false
  #ending: Promise<void> | undefined

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#exited = once(child, 'exit')
    // Writing to a supervisor that died gives EPIPE here; its exit is what is acted on.
    child.stdin?.on('error', () => undefined)
    child.on('exit', () => {
      this.#lost = true
      for (const { onExit } of this.#handlers.values()) onExit('its supervisor ended')
    })
  }

  static async launch(scratch: string): Promise<Supervised> {
    const program = fileURLToPath(siblingUrl('supervisor'))
    const child = spawn(process.execPath, [program, scratch], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', ...compileCache() },
    })
    const supervised = new Supervised(child)
    const ready = Promise.withResolvers<void>()
    child.on('error', ready.reject)
    child.on('exit', () =>
      ready.reject(new HarnessError('START_FAILED', 'the supervisor ended while starting')),
    )
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on(
      'line',
      (line) => {
        const event = JSON.parse(line) as SupervisorEvent
        if (event.event === 'ready') ready.resolve()
        else supervised.#take(event)
      },
    )
    await ready.promise
    return supervised
  }

  get pid(): number {
    return this.#child.pid as number
  }

  pidOf(id: string): number | undefined {
    return this.#pids.get(id)
  }

  start(command: Omit<Extract<Command, { op: 'start' }>, 'op'>, handlers: ProgramHandlers): void {
    this.#handlers.set(command.id, handlers)
    this.#send({ op: 'start', ...command })
  }

  /** Nothing when it has ended. */
  signal(id: string, signal: ProgramSignal): void {
    this.#send({ op: 'signal', id, signal })
  }

  /** Asks every program to stop, ends what does not, and returns when all is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<void> {
    if (this.#lost) {
      // Killed, it could not clean up. What it leaves is that of a run without a supervisor.
      removeLeftovers()
      return
    }
    await this.#stopAll()
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), endTimeoutMs)
    await this.#exited
    clearTimeout(timer)
  }

  async #stopAll(): Promise<void> {
    const ends = [...this.#handlers.keys()].map((id) => {
      const ended = Promise.withResolvers<void>()
      this.#handlers.set(id, { onExit: () => ended.resolve() })
      this.#send({ op: 'stop', id, graceMs: stopGraceMs })
      return ended.promise
    })
    await Promise.all(ends)
  }

  #send(command: Command): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
  }

  #take(event: Exclude<SupervisorEvent, { event: 'ready' }>): void {
    switch (event.event) {
      case 'started':
        this.#pids.set(event.id, event.pid)
        return
      case 'line':
        this.#handlers.get(event.id)?.onLine?.(event.line)
        return
      case 'exited':
        this.#handlers.get(event.id)?.onExit(event.detail)
        this.#handlers.delete(event.id)
        return
    }
  }
}

/** A module beside this one, as source or as built. */
function siblingUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
