import { Worker } from 'node:worker_threads'
import type { PolicyRule } from '../config.ts'
import type { EndpointId } from '../endpoints.ts'
import type { FromTask, ToTask } from './task-messages.ts'

/** There is no task to look at the request, or it ended meanwhile. */
export class TaskDownError extends Error {
  override readonly name = 'TaskDownError'
}

type Waiting = PromiseWithResolvers<string | undefined>

/** One task as the gateway sees it: a thread while it runs, and what it was asked. */
export class PolicyTask {
  readonly #program: URL
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  /** How often it was asked; the number of the next question. */
  asked = 0

  constructor(program: URL) {
    this.#program = program
  }

  /** Runs a thread until it ends or the signal fires, and calls back when it is up. Resolves with the error that ended it, if any. */
  async live(
    rules: readonly PolicyRule[],
    onUp: () => void,
    signal: AbortSignal,
  ): Promise<Error | undefined> {
    const worker = new Worker(this.#program, { workerData: rules })
    this.#worker = worker
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    let cause: Error | undefined
    worker.once('online', onUp)
    worker.once('error', (error: Error) => {
      cause = error
      this.#worker = undefined
    })
    worker.on('message', ({ id, exceeded }: FromTask) => {
      this.#waiting.get(id)?.resolve(exceeded)
      this.#waiting.delete(id)
    })
    await new Promise((resolve) => worker.once('exit', resolve))
    signal.removeEventListener('abort', stop)
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new TaskDownError('the task ended'))
    this.#waiting.clear()
    return cause
  }

  /** Throws TaskDownError. */
  async exceeded(appId: string, endpoint: EndpointId): Promise<string | undefined> {
    if (this.#worker === undefined) throw new TaskDownError('the task is not up')
    const id = this.asked++
    const waiting: Waiting = Promise.withResolvers()
    this.#waiting.set(id, waiting)
    this.#post({ id, appId, endpoint })
    return waiting.promise
  }

  take(rules: readonly PolicyRule[]): void {
    this.#post({ rules })
  }

  #post(message: ToTask): void {
    this.#worker?.postMessage(message)
  }
}
