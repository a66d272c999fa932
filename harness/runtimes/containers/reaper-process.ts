import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../core/index.ts'
import type { RunIdentity } from './labels.ts'

const endTimeoutMs = 5_000

/** The harness's end of the reaper: as long as it is held, nothing of the run can outlive the harness. */
export class Reaper implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#exited = once(child, 'exit')
    // Writing to a reaper that was killed gives EPIPE: what it would have done is done by the harness or by the next run.
    child.stdin?.on('error', () => undefined)
  }

  /** Returns when it watches; then things with the run's label may be made. */
  static async launch({ scratch, runId }: RunIdentity): Promise<Reaper> {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    const program = fileURLToPath(new URL(`./reaper${extension}`, import.meta.url))
    const child = spawn(process.execPath, [program, scratch, runId], {
      detached: true,
      // Not the harness's own: whoever reads that to its end would wait for the reaper.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: engineEnvironment(),
    })
    const reaper = new Reaper(child)
    const ready = Promise.withResolvers<void>()
    let said = ''
    child.stderr?.on('data', (text: Buffer) => (said += String(text)))
    child.on('error', ready.reject)
    child.on('close', () =>
      ready.reject(new HarnessError('START_FAILED', `the reaper ended while starting\n${said}`)),
    )
    child.stdout?.once('data', () => ready.resolve())
    await ready.promise
    // Nothing more is said, and an open pipe would keep this process.
    child.stdout?.destroy()
    child.stderr?.destroy()
    return reaper
  }

  /** Call before disposing when everything was removed: it then ends at once. */
  done(): void {
    this.#child.stdin?.write('done\n')
  }

  /** Leaves everything to it, after a while: the engine is about to stop. */
  async takeOver(): Promise<void> {
    const { stdin } = this.#child
    if (stdin) await new Promise<void>((resolve) => stdin.end('later\n', () => resolve()))
    this.#child.unref()
  }

  /** Lets it go. What is left it removes in its own time; that is not waited for beyond a few seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.stdin?.end()
    const timer = Promise.withResolvers<void>()
    const handle = setTimeout(timer.resolve, endTimeoutMs)
    await Promise.race([this.#exited, timer.promise])
    clearTimeout(handle)
    this.#child.unref()
  }
}

/** By which it finds the same engine. */
function engineEnvironment(): Record<string, string> {
  const names =
    /^(PATH|HOME|XDG_RUNTIME_DIR|TMPDIR|DOCKER_.*|TESTCONTAINERS_.*|RYUK_.*|SSH_AUTH_SOCK)$/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  )
}
