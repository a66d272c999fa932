import { isDeepStrictEqual } from 'node:util'
import { describeError, type JournalEvent, type ServiceSpec, type Stack } from '../core/index.ts'
import type { Runtime, RunningStack, StartOptions } from '../engine/index.ts'

interface Held {
  readonly runtime: Runtime
  readonly stack: Stack
  readonly running: RunningStack
  /** Of each replica, when nothing had run on it. */
  readonly fresh: Hashes
}

/**
 * Hands the stack of one run to the next, where a reset is proven to be complete: after it every replica has the state hash that it had
 * when the stack was started and nothing had run on it. On any difference, error or doubt it is torn down, and one is started anew.
 * Holds one stack at most. Disposing it tears down what it holds.
 */
export class StackPool implements AsyncDisposable {
  #held: Held | undefined
  #isClean = false

  /** Starts stacks that may be used again; `isLast`: this one is torn down with its run. */
  runtime(runtime: Runtime, isLast = false): Runtime {
    return {
      name: runtime.name,
      start: async (stack, given) => {
        let isOver = false
        const onExit: StartOptions['onExit'] = (exit) => {
          // Between runs nobody listens: a replica that is gone then cannot be reset.
          if (!isOver) given.onExit(exit)
        }
        const options = { ...given, onExit }
        const ready = await this.#reuse(runtime, stack, options)
        if (isLast && !ready) return runtime.start(stack, options)
        const held = ready ?? (await this.#start(runtime, stack, options))
        return this.#lend(held, isLast, options.signal, () => (isOver = true))
      },
    }
  }

  /** Listens to the journals of the runs. */
  readonly listen = (event: JournalEvent): void => {
    if (event.kind === 'run.started') this.#isClean = true
    const isWell = event.kind !== 'verdict.reached' || event.verdict.kind === 'pass'
    // What ended by itself or could not be undone leaves more than a reset knows of.
    if (!isWell || event.kind === 'replica.exited' || event.kind === 'undo.failed') {
      this.#isClean = false
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const held = this.#held
    this.#held = undefined
    await held?.running[Symbol.asyncDispose]()
  }

  async #start(runtime: Runtime, stack: Stack, options: StartOptions): Promise<Held> {
    const running = await runtime.start(stack, options)
    try {
      const fresh = (await running.resettable?.stateHashes(options.signal)) ?? {}
      return { runtime, stack, running, fresh }
    } catch (error) {
      await running[Symbol.asyncDispose]()
      throw error
    }
  }

  async #reuse(runtime: Runtime, stack: Stack, options: StartOptions): Promise<Held | undefined> {
    const held = this.#held
    if (!held) return undefined
    this.#held = undefined
    const startMs = performance.now()
    try {
      const why = await this.#reset(held, runtime, stack, options)
      if (typeof why !== 'string') {
        const ms = Math.round(performance.now() - startMs)
        options.onProgress(
          `the stack of the run before is reused: reset in ${ms} ms, every replica has the state that it had when it was started`,
        )
        return why
      }
      options.onProgress(`started anew, not reused: ${why}`)
    } catch (error) {
      options.onProgress(`started anew, not reused: ${describeError(error)}`)
    }
    await held.running[Symbol.asyncDispose]()
    return undefined
  }

  /** The stack as it is wanted, or why it cannot be had. */
  async #reset(
    held: Held,
    runtime: Runtime,
    stack: Stack,
    options: StartOptions,
  ): Promise<Held | string> {
    const { running, fresh } = held
    const { resettable } = running
    if (!resettable || held.runtime.name !== runtime.name) return 'its services cannot be reset'
    if (!isAlike(held.stack, stack)) return 'it is another stack'
    const isSame = isDeepStrictEqual(held.stack, stack)
    await resettable.reset(stack, options)
    const now = await resettable.stateHashes(options.signal)
    const other = differing(fresh, now)
    if (other === undefined) return { ...held, stack }
    if (isSame) return leaves(other)
    // It may be the variables that make the difference: it is reset to those that it had, and then to the new ones.
    await resettable.reset(held.stack, options)
    const before = await resettable.stateHashes(options.signal)
    const left = differing(fresh, before)
    if (left !== undefined) return leaves(left)
    await resettable.reset(stack, options)
    return { ...held, stack, fresh: await resettable.stateHashes(options.signal) }
  }

  #lend(held: Held, isLast: boolean, signal: AbortSignal, over: () => void): RunningStack {
    if (isLast || !held.running.resettable) return held.running
    let isBack = false
    return {
      ...held.running,
      [Symbol.asyncDispose]: async () => {
        if (isBack) return
        isBack = true
        over()
        if (this.#isClean && !signal.aborted) this.#held = held
        else await held.running[Symbol.asyncDispose]()
      },
    }
  }
}

type Hashes = Readonly<Record<string, string>>

/** The first replica that differs. */
function differing(fresh: Hashes, now: Hashes): string | undefined {
  return Object.keys(fresh).find((id) => fresh[id] !== now[id])
}

function leaves(replica: string): string {
  return `${replica} keeps something that it did not have at the start`
}

/** Whether the stacks differ in variables only that may have another value after a reset. */
function isAlike(a: Stack, b: Stack): boolean {
  return isDeepStrictEqual(withoutVariables(a), withoutVariables(b))
}

function withoutVariables(stack: Stack): unknown {
  return { ...stack, services: stack.services.map(fixedOf) }
}

function fixedOf(service: ServiceSpec): unknown {
  const { run, reset } = service
  if (run.kind !== 'command' || !reset) return service
  const env = Object.entries(run.env ?? {}).filter(([name]) => !reset.variables.includes(name))
  return { ...service, run: { ...run, env: Object.fromEntries(env) } }
}
