import { once } from 'node:events'
import { url as inspectorUrl } from 'node:inspector'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { HarnessError } from '../core/index.ts'
import type { LoadMetrics } from './metrics.ts'
import { cellsUnderWay, lastOf } from './runner.ts'
import { sharedNow } from './shared-now.ts'
import { whereBusy } from './where-busy.ts'
import type { WorkerMessage, WorkerOrder } from './worker-contract.ts'

const readyWithinMs = 30_000
const endsWithinMs = 2_000
const lookEveryMs = 1_000
/** A thread sends what it measured five times a second. One that is silent for so many looks does not come back. */
const silentLooks = { running: 15, ending: 5 }

/** One thread of load, seen from the one that started it. */
export class LoadThread {
  /** Resolves when it could begin. Both reject with HarnessError START_FAILED or LOAD_FAILED. */
  readonly ready: Promise<void>
  /** Resolves when all its flows are done. */
  readonly done: Promise<void>
  readonly #worker: Worker
  readonly #order: Omit<WorkerOrder, 'underWay'>
  readonly #startAt: Float64Array
  /** When the last of it is cut off, in ms from its start. */
  readonly #endsMs: number
  readonly #underWay: Int32Array<SharedArrayBuffer>
  readonly #fail: (error: Error) => void
  #isOver = false
  #isEnding = false
  #silent = 0

  constructor(order: Omit<WorkerOrder, 'underWay'>, metrics: LoadMetrics) {
    const cells = cellsUnderWay(order.executors)
    this.#order = order
    this.#startAt = new Float64Array(order.startAt)
    this.#endsMs = Math.max(...order.executors.map(({ executor }) => lastOf(executor)))
    this.#underWay = new Int32Array(new SharedArrayBuffer(4 * cells.length))
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    this.#worker = new Worker(new URL(`./worker${extension}`, import.meta.url), {
      workerData: { ...order, underWay: this.#underWay.buffer } satisfies WorkerOrder,
      stdout: true,
    })
    // What flows print is no part of what is reported.
    this.#worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk))
    const ready = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    this.#fail = (error) => {
      this.#isOver = true
      ready.reject(error)
      done.reject(error)
    }
    const late = setTimeout(() => {
      const message = `a thread of load was not ready within ${readyWithinMs} ms`
      this.#fail(new HarnessError('START_FAILED', message))
    }, readyWithinMs)
    this.#worker.on('message', (message: WorkerMessage) => {
      this.#silent = 0
      if (message.kind === 'batch') metrics.take(order.index, message.batch)
      else if (message.kind === 'ready') {
        clearTimeout(late)
        ready.resolve()
      } else if (message.kind === 'done') {
        this.#isOver = true
        ready.resolve()
        done.resolve()
      } else {
        this.#fail(
          new HarnessError('LOAD_FAILED', message.message, {
            hint: 'correct the flow, or what its module imports',
          }),
        )
      }
    })
    this.#worker.on('error', (error) =>
      this.#fail(new HarnessError('LOAD_FAILED', 'a thread of load broke down', { cause: error })),
    )
    this.#worker.on('exit', (code) => {
      clearTimeout(late)
      this.#fail(
        new HarnessError('LOAD_FAILED', `a thread of load ended before its time, with ${code}`, {
          hint: 'a flow must not end its process',
        }),
      )
    })
    this.ready = ready.promise
    this.done = done.promise
    // Whoever waits for one hears of it; the other must not count as unhandled.
    this.ready.catch(() => undefined)
    this.done.catch(() => undefined)
  }

  stop(): void {
    this.#isEnding = true
    this.#worker.postMessage('stop')
  }

  /** To be called each `lookEveryMs`. Gives it up when it stays silent. */
  look(): void {
    const startAt = this.#startAt[0] ?? 0
    const isEnding = this.#isEnding || (startAt > 0 && sharedNow() - startAt > this.#endsMs)
    // It has nothing to say before it begins; and whoever debugs a flow may take their time.
    if (this.#isOver || (!isEnding && (startAt === 0 || inspectorUrl() !== undefined))) return
    this.#silent += 1
    if (this.#silent < (isEnding ? silentLooks.ending : silentLooks.running)) return
    this.#isOver = true
    void this.#blocked().then(this.#fail)
  }

  /** Ends it, whatever it is busy with. Idempotent. */
  async dispose(): Promise<void> {
    if (this.#worker.threadId === -1) return
    this.stop()
    const exited = once(this.#worker, 'exit')
    const timer = setTimeout(() => void this.#worker.terminate(), endsWithinMs)
    // One that waits for the system does not even end then, and is left behind.
    const left = delay(2 * endsWithinMs, undefined, { ref: false })
    await Promise.race([exited, left])
    clearTimeout(timer)
    this.#worker.unref()
  }

  async #blocked(): Promise<HarnessError> {
    const flows = cellsUnderWay(this.#order.executors)
      .filter((_, place) => (this.#underWay[place] ?? 0) > 0)
      .map(({ flow }) => flow)
    const underWay = [...new Set(flows)]
    const busy = await whereBusy(this.#worker.threadId, (id) => underWay.includes(id))
    const flow = busy?.flow ?? (underWay.length === 1 ? underWay[0] : undefined)
    const who =
      flow === undefined
        ? `one of the flows ${underWay.map((id) => `'${id}'`).join(', ')}`
        : `the flow '${flow}'`
    const where = busy === undefined ? '' : `, busy at ${busy.at}`
    return new HarnessError(
      'LOAD_FAILED',
      `${underWay.length === 0 ? 'a module of flows' : who} does not give its thread back: no sign of it for ${(this.#silent * lookEveryMs) / 1_000} s${where}`,
      {
        hint: 'let it await what it waits for, and bound its loops: while it computes no other flow goes on',
      },
    )
  }
}

/** Looks after threads until it is disposed. */
export function watchThreads(threads: readonly LoadThread[]): Disposable {
  const timer = setInterval(() => threads.forEach((one) => one.look()), lookEveryMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
