import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LoadExecutor } from '../core/index.ts'
import { sharedNow } from './shared-now.ts'
import type { TickMemory } from './tick-contract.ts'

/** Ticks closer together than this are one: each costs both threads some 20 µs. */
const closestMs = 0.4

interface Wait {
  readonly at: number
  readonly done: () => void
}

/** Wakes a thread of load at moments that are not whole milliseconds away. Dispose it to end its thread. */
export class TickClock implements AsyncDisposable {
  readonly #worker: Worker
  readonly #count: Int32Array
  readonly #due: Float64Array
  readonly #waits = new Set<Wait>()
  #lastTickAt = 0

  private constructor(worker: Worker, memory: TickMemory) {
    this.#worker = worker
    this.#count = new Int32Array(memory.counter)
    this.#due = new Float64Array(memory.moment)
    worker.on('message', () => this.#tick())
  }

  /** Undefined where nobody needs one: users of closed models wait for answers. */
  static async startFor(
    executors: readonly { readonly executor: LoadExecutor }[],
  ): Promise<TickClock | undefined> {
    const isOpen = executors.some(({ executor }) => 'preAllocatedVUs' in executor)
    return isOpen ? TickClock.start() : undefined
  }

  /** Its thread is up when this resolves. */
  static async start(): Promise<TickClock> {
    const memory: TickMemory = {
      counter: new SharedArrayBuffer(4),
      moment: new SharedArrayBuffer(8),
    }
    new Float64Array(memory.moment)[0] = Infinity
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    const worker = new Worker(new URL(`./tick-thread${extension}`, import.meta.url), {
      workerData: memory,
    })
    await once(worker, 'message')
    return new TickClock(worker, memory)
  }

  /** Resolves a little after so many ms, never before; at once when the signal aborts. */
  sleep(forMs: number, signal: AbortSignal): Promise<void> {
    if (forMs <= 0 || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done)
        this.#waits.delete(wait)
        resolve()
      }
      const wait = { at: sharedNow() + forMs, done }
      this.#waits.add(wait)
      signal.addEventListener('abort', done, { once: true })
      this.#ask()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#worker.threadId === -1) return
    const exited = once(this.#worker, 'exit')
    this.#set(-Infinity)
    await exited
  }

  #tick(): void {
    const now = sharedNow()
    this.#lastTickAt = now
    for (const wait of this.#waits) if (wait.at <= now) wait.done()
    if (this.#waits.size > 0) this.#ask()
  }

  #ask(): void {
    let next = Infinity
    for (const { at } of this.#waits) next = Math.min(next, at)
    this.#set(Math.max(next, this.#lastTickAt + closestMs))
  }

  #set(moment: number): void {
    this.#due[0] = moment
    Atomics.add(this.#count, 0, 1)
    Atomics.notify(this.#count, 0)
  }
}
